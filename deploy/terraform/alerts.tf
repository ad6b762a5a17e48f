# The same alerts as deploy/prometheus/alerts.yml, where Google Cloud can see the signs.
locals {
  channels = google_monitoring_notification_channel.email[*].name
  api      = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${google_cloud_run_v2_service.api.name}\""
}

resource "google_monitoring_notification_channel" "email" {
  count        = var.alert_email == "" ? 0 : 1
  display_name = "Atelier"
  type         = "email"
  labels       = { email_address = var.alert_email }
}

# only what everybody may ask can be asked from outside
resource "google_monitoring_uptime_check_config" "api" {
  count        = var.public ? 1 : 0
  display_name = "Atelier: /health"
  timeout      = "10s"
  period       = "300s"
  http_check {
    path         = "/health"
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }
  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project
      host       = trimprefix(google_cloud_run_v2_service.api.uri, "https://")
    }
  }
}

resource "google_monitoring_alert_policy" "down" {
  count                 = var.public ? 1 : 0
  display_name          = "Atelier: the service does not answer"
  combiner              = "OR"
  notification_channels = local.channels
  conditions {
    display_name = "/health fails"
    condition_threshold {
      filter          = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.api[0].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "300s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }
}

resource "google_monitoring_alert_policy" "errors" {
  display_name          = "Atelier: requests fail"
  combiner              = "OR"
  notification_channels = local.channels
  conditions {
    display_name = "More than 1 % are answered with 5xx"
    condition_threshold {
      filter             = "${local.api} AND metric.type = \"run.googleapis.com/request_count\" AND metric.labels.response_code_class = \"5xx\""
      denominator_filter = "${local.api} AND metric.type = \"run.googleapis.com/request_count\""
      comparison         = "COMPARISON_GT"
      threshold_value    = 0.01
      duration           = "300s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
      }
      denominator_aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "slow" {
  display_name          = "Atelier: predictions are slow"
  combiner              = "OR"
  notification_channels = local.channels
  conditions {
    display_name = "One in a hundred takes longer than half a second"
    condition_threshold {
      filter          = "${local.api} AND metric.type = \"run.googleapis.com/request_latencies\""
      comparison      = "COMPARISON_GT"
      threshold_value = 500
      duration        = "600s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_PERCENTILE_99"
      }
    }
  }
}

# `atelier monitor check` as a job ends with an error that the log shows
resource "google_logging_metric" "drift" {
  name   = "atelier/drift"
  filter = "resource.type = \"cloud_run_job\" AND textPayload =~ \"error\\[DRIFT_FOUND\\]\""
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
}

resource "google_monitoring_alert_policy" "drift" {
  display_name          = "Atelier: predictions have drifted"
  combiner              = "OR"
  notification_channels = local.channels
  conditions {
    display_name = "monitor check found drift"
    condition_threshold {
      filter          = "resource.type = \"cloud_run_job\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.drift.name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"
      aggregations {
        alignment_period     = "600s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
}
