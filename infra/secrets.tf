# Terraform makes the secrets and says who reads them. Their values are added with gcloud and never enter its state.
resource "google_secret_manager_secret" "secret" {
  for_each = toset([
    # Base64 of 32 bytes; several, comma separated: the first encrypts, all decrypt. infra/README.md says how to rotate.
    "TOKEN_ENCRYPTION_KEY",
    # Of the OAuth client that guests sign in with.
    "GUEST_CLIENT_SECRET",
    # Of the OAuth client that GOOGLE_REFRESH_TOKEN was issued to.
    "UPLOADER_CLIENT_SECRET",
    "GOOGLE_REFRESH_TOKEN",
    "API_KEYS",
  ])

  secret_id = each.key

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.api]
}

locals {
  # One entry per function and secret that it is given, e.g. "auth GUEST_CLIENT_SECRET".
  secret_readers = merge([
    for name, function in local.functions : {
      for secret in values(function.secrets) :
      "${name} ${secret}" => { function = name, secret = secret } if contains(keys(var.secret_versions), secret)
    }
  ]...)
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = local.secret_readers

  secret_id = google_secret_manager_secret.secret[each.value.secret].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.runtime[each.value.function].member
}
