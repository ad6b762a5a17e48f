/** A size, or the name of one that is known only at run time (the batch of an exported model). */
export type Dim = number | string

export type GraphShape = readonly Dim[]
