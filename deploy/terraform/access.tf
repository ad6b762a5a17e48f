# One account for each service, with what it needs and nothing else.
resource "google_service_account" "api" {
  account_id   = "atelier-api"
  display_name = "Atelier: predictions"
}

resource "google_service_account" "monitor" {
  account_id   = "atelier-monitor"
  display_name = "Atelier: drift reports"
}

resource "google_service_account" "train" {
  account_id   = "atelier-train"
  display_name = "Atelier: training"
}

resource "google_storage_bucket_iam_member" "api_reads" {
  bucket = google_storage_bucket.store.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.api.member
}

resource "google_storage_bucket_iam_member" "monitor_reads" {
  bucket = google_storage_bucket.store.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.monitor.member
}

resource "google_storage_bucket_iam_member" "train_reads" {
  bucket = google_storage_bucket.store.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.train.member
}

# adds versions, and can neither overwrite nor delete one
resource "google_storage_bucket_iam_member" "train_adds" {
  bucket = google_storage_bucket.store.name
  role   = "roles/storage.objectCreator"
  member = google_service_account.train.member
}

resource "google_secret_manager_secret_iam_member" "token" {
  for_each = {
    api     = google_service_account.api.member
    monitor = google_service_account.monitor.member
  }
  secret_id = google_secret_manager_secret.token.id
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value
}

resource "google_secret_manager_secret_iam_member" "database_url" {
  for_each = {
    api     = google_service_account.api.member
    monitor = google_service_account.monitor.member
    train   = google_service_account.train.member
  }
  secret_id = google_secret_manager_secret.database_url.id
  role      = "roles/secretmanager.secretAccessor"
  member    = each.value
}

# GitHub's workflows: known by where they run, without a stored key
resource "google_iam_workload_identity_pool" "github" {
  count                     = var.github_repository == "" ? 0 : 1
  workload_identity_pool_id = "github"
  display_name              = "GitHub"
}

resource "google_iam_workload_identity_pool_provider" "github" {
  count                              = var.github_repository == "" ? 0 : 1
  workload_identity_pool_id          = google_iam_workload_identity_pool.github[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }
  attribute_condition = "assertion.repository == '${var.github_repository}'"
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "github" {
  count        = var.github_repository == "" ? 0 : 1
  account_id   = "atelier-github"
  display_name = "Atelier: workflows of GitHub"
}

resource "google_service_account_iam_member" "github" {
  count              = var.github_repository == "" ? 0 : 1
  service_account_id = google_service_account.github[0].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github[0].name}/attribute.repository/${var.github_repository}"
}

resource "google_artifact_registry_repository_iam_member" "github_pushes" {
  count      = var.github_repository == "" ? 0 : 1
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.github[0].member
}

resource "google_storage_bucket_iam_member" "github_reads" {
  count  = var.github_repository == "" ? 0 : 1
  bucket = google_storage_bucket.store.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.github[0].member
}
