export { type Bundle, loadBundle } from './load-bundle.ts'
export {
  openPredictor,
  type Prediction,
  type Predictor,
  type PredictorOptions,
} from './predictor.ts'
