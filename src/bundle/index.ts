export { type Bundle, loadBundle, readManifest } from './load-bundle.ts'
export {
  openPredictor,
  type Prediction,
  type Predictor,
  type PredictorOptions,
} from './predictor.ts'
