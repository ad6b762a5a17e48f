/** How many line colours the style sheet has. Past its end they come again. */
export const PALETTE = 10
