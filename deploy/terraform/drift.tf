# Looks every morning whether yesterday's predictions drifted.
resource "google_cloud_run_v2_job" "drift" {
  name     = "atelier-drift"
  location = var.region
  labels   = { app = "atelier" }

  template {
    template {
      service_account = google_service_account.monitor.email
      # a drift is an exit code that no second look changes
      max_retries = 0
      timeout     = "600s"
      containers {
        image = "${local.images}/atelier-monitor:${var.tag}"
        args  = ["monitor", "check", "--from", "24h"]
        resources {
          limits = { cpu = "1", memory = "1Gi" }
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
}

resource "google_service_account" "scheduler" {
  account_id   = "atelier-scheduler"
  display_name = "Atelier: starts the daily check"
}

resource "google_cloud_run_v2_job_iam_member" "scheduler" {
  name     = google_cloud_run_v2_job.drift.name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

resource "google_cloud_scheduler_job" "drift" {
  name     = "atelier-drift"
  region   = var.region
  schedule = "17 5 * * *"
  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.drift.id}:run"
    oauth_token {
      service_account_email = google_service_account.scheduler.email
    }
  }
}
