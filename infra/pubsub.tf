resource "google_pubsub_topic" "face_match" {
  name = "face-match"

  # Tasks contain file names, so they stay in the region.
  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.api]
}

resource "google_pubsub_topic" "face_match_dead_letter" {
  name = "face-match-dead-letter"

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.api]
}

resource "google_pubsub_subscription" "face_match" {
  name  = "face-match"
  topic = google_pubsub_topic.face_match.id

  # Also the time limit of a push. Longer than the function's 540 s, so that a slow photo is not delivered a second time
  # while it is being analysed.
  ack_deadline_seconds = 600
  # 7 h, the longest that a scan exists.
  message_retention_duration = "25200s"

  push_config {
    # The functions framework treats a request to /projects/P/topics/T as a Pub/Sub push and unwraps the message.
    push_endpoint = "${google_cloudfunctions2_function.function["face-match"].service_config[0].uri}/projects/${var.project_id}/topics/${google_pubsub_topic.face_match.name}"

    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = google_cloudfunctions2_function.function["face-match"].service_config[0].uri
    }
  }

  # A task that finds no instance free is tried again soon. Pub/Sub slows the whole subscription down by itself when many
  # pushes are refused.
  retry_policy {
    minimum_backoff = "1s"
    maximum_backoff = "60s"
  }

  dead_letter_policy {
    dead_letter_topic = google_pubsub_topic.face_match_dead_letter.id
    # Even if every attempt takes the whole ack deadline and the longest backoff, that is 6,600 s, well within the
    # retention. A push that is refused with 429 counts as an attempt, so scans publish no more tasks than instances take.
    # A file that kills its worker is ended by the worker pool before this limit.
    max_delivery_attempts = 10
  }

  # Never expires. By default a subscription without traffic is deleted after 31 days.
  expiration_policy {
    ttl = ""
  }

  depends_on = [google_cloud_run_v2_service_iam_member.push, google_service_account_iam_member.push_signer]
}

resource "google_pubsub_subscription" "face_match_dead_letter" {
  name  = "face-match-dead-letter"
  topic = google_pubsub_topic.face_match_dead_letter.id

  ack_deadline_seconds       = 600
  message_retention_duration = "25200s"

  push_config {
    push_endpoint = "${google_cloudfunctions2_function.function["face-match-dead-letter"].service_config[0].uri}/projects/${var.project_id}/topics/${google_pubsub_topic.face_match_dead_letter.name}"

    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = google_cloudfunctions2_function.function["face-match-dead-letter"].service_config[0].uri
    }
  }

  retry_policy {
    minimum_backoff = "1s"
    maximum_backoff = "60s"
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_cloud_run_v2_service_iam_member.push, google_service_account_iam_member.push_signer]
}

# Pub/Sub itself moves a dead letter: it publishes it to the other topic and acknowledges it here.
resource "google_pubsub_topic_iam_member" "dead_letter_publisher" {
  topic  = google_pubsub_topic.face_match_dead_letter.id
  role   = "roles/pubsub.publisher"
  member = google_project_service_identity.pubsub.member
}

resource "google_pubsub_subscription_iam_member" "dead_letter_subscriber" {
  subscription = google_pubsub_subscription.face_match.id
  role         = "roles/pubsub.subscriber"
  member       = google_project_service_identity.pubsub.member
}
