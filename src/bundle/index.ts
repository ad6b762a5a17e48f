export {
  openPredictor,
  type Prediction,
  type Predictor,
  type PredictorOptions,
} from './predictor.ts'
