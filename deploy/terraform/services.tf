resource "google_cloud_run_v2_service" "api" {
  name     = "atelier-api"
  location = var.region
  labels   = { app = "atelier" }

  template {
    service_account                  = google_service_account.api.email
    timeout                          = "30s"
    max_instance_request_concurrency = 64
    scaling {
      min_instance_count = 0
      max_instance_count = var.max_instances
    }
    containers {
      image = "${local.images}/atelier-api:${var.tag}"
      ports {
        container_port = 8080
      }
      resources {
        limits            = { cpu = "2", memory = "1Gi" }
        startup_cpu_boost = true
      }
      env {
        name  = "MODEL_URI"
        value = local.model_uri
      }
      env {
        name = "ATELIER_TOKEN"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.token.secret_id
            version = "latest"
          }
        }
      }
      env {
        name = "DATABASE_URL"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.database_url.secret_id
            version = "latest"
          }
        }
      }
      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 60
        http_get {
          path = "/health"
        }
      }
      liveness_probe {
        period_seconds  = 30
        timeout_seconds = 2
        http_get {
          path = "/"
        }
      }
    }
  }

  depends_on = [
    google_secret_manager_secret_iam_member.token,
    google_secret_manager_secret_iam_member.database_url,
    google_storage_bucket_iam_member.api_reads,
  ]
}

resource "google_cloud_run_v2_service_iam_member" "everybody" {
  count    = var.public ? 1 : 0
  name     = google_cloud_run_v2_service.api.name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service" "monitor" {
  name     = "atelier-monitor"
  location = var.region
  labels   = { app = "atelier" }

  template {
    service_account                  = google_service_account.monitor.email
    timeout                          = "60s"
    max_instance_request_concurrency = 8
    scaling {
      min_instance_count = 0
      max_instance_count = 2
    }
    containers {
      image = "${local.images}/atelier-monitor:${var.tag}"
      ports {
        container_port = 8090
      }
      resources {
        limits = { cpu = "1", memory = "1Gi" }
      }
      env {
        name = "ATELIER_TOKEN"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.token.secret_id
            version = "latest"
          }
        }
      }
      env {
        name = "DATABASE_URL"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.database_url.secret_id
            version = "latest"
          }
        }
      }
      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 60
        http_get {
          path = "/health"
        }
      }
    }
  }

  depends_on = [
    google_secret_manager_secret_iam_member.token,
    google_secret_manager_secret_iam_member.database_url,
  ]
}

resource "google_cloud_run_v2_job" "train" {
  name     = "atelier-train"
  location = var.region
  labels   = { app = "atelier" }

  template {
    template {
      service_account = google_service_account.train.email
      max_retries     = 1
      timeout         = "3600s"
      containers {
        image   = "${local.images}/atelier-train:${var.tag}"
        command = ["sh"]
        args = ["-c", join(" && ", [
          "node /opt/atelier/dist/main/atelier.js data prepare",
          "node /opt/atelier/dist/main/atelier.js train",
          "node /opt/atelier/dist/main/atelier.js models register registry.store=gs://${google_storage_bucket.store.name}/registry",
        ])]
        resources {
          limits = { cpu = "4", memory = "4Gi" }
        }
        env {
          name = "DATABASE_URL"
          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.database_url.secret_id
              version = "latest"
            }
          }
        }
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.database_url]
}
