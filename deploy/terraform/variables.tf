variable "project" {
  description = "Id of the project in Google Cloud."
  type        = string
}

variable "region" {
  description = "Where services, images and the bucket are."
  type        = string
  default     = "europe-west1"
}

variable "tag" {
  description = "Version of the images to run."
  type        = string
  default     = "main"
}

variable "model_uri" {
  description = "Model of the prediction service; models/model.onnx in the bucket when left out."
  type        = string
  default     = ""
}

variable "public" {
  description = "Whether everybody may predict, not only whom Google knows."
  type        = bool
  default     = false
}

variable "max_instances" {
  description = "Instances of the prediction service at most."
  type        = number
  default     = 5
}

variable "github_repository" {
  description = "OWNER/NAME whose workflows may push images and read data; empty: none."
  type        = string
  default     = ""
}

variable "alert_email" {
  description = "Who hears of alerts; empty: nobody."
  type        = string
  default     = ""
}
