locals {
  images    = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}"
  model_uri = var.model_uri != "" ? var.model_uri : "gs://${google_storage_bucket.store.name}/models/model.onnx"
  apis = [
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudscheduler.googleapis.com",
    "iamcredentials.googleapis.com",
    "monitoring.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
  ]
}

resource "google_project_service" "apis" {
  for_each           = toset(local.apis)
  service            = each.value
  disable_on_destroy = false
}

resource "google_artifact_registry_repository" "images" {
  repository_id = "atelier"
  location      = var.region
  format        = "DOCKER"

  cleanup_policies {
    id     = "old-versions"
    action = "DELETE"
    condition {
      older_than = "7776000s"
    }
  }
  cleanup_policies {
    id     = "newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }

  depends_on = [google_project_service.apis]
}

# models, the files of the registry, versions of the data
resource "google_storage_bucket" "store" {
  name                        = "${var.project}-atelier"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions         = 3
      days_since_noncurrent_time = 30
    }
  }
}

# the secrets alone: their values are added by hand and never in this state
resource "google_secret_manager_secret" "token" {
  secret_id = "atelier-token"
  replication {
    auto {}
  }
  depends_on = [google_project_service.apis]
}

resource "google_secret_manager_secret" "database_url" {
  secret_id = "atelier-database-url"
  replication {
    auto {}
  }
  depends_on = [google_project_service.apis]
}
