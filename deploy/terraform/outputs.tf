output "api" {
  description = "Address of the prediction service."
  value       = google_cloud_run_v2_service.api.uri
}

output "monitor" {
  description = "Address of the drift service."
  value       = google_cloud_run_v2_service.monitor.uri
}

output "bucket" {
  description = "Where models and versions of the data are."
  value       = google_storage_bucket.store.url
}

output "github_variables" {
  description = "Variables for the workflows in .github/workflows."
  value = var.github_repository == "" ? {} : {
    GCP_PROJECT                    = var.project
    GCP_REGION                     = var.region
    GCP_REPOSITORY                 = google_artifact_registry_repository.images.repository_id
    GCP_WORKLOAD_IDENTITY_PROVIDER = google_iam_workload_identity_pool_provider.github[0].name
    GCP_SERVICE_ACCOUNT            = google_service_account.github[0].email
    GCP_DATA_READER                = google_service_account.github[0].email
  }
}
