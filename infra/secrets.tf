# Terraform creates the secrets and grants access. Their values are added with gcloud and never enter Terraform's state.
resource "google_secret_manager_secret" "secret" {
  for_each = toset([
    # Base64 of 32 bytes, or several separated by commas: the first encrypts, all decrypt. README.md explains rotation.
    "TOKEN_ENCRYPTION_KEY",
    # The secret of the OAuth client that guests sign in with.
    "GUEST_CLIENT_SECRET",
    # The secret of the OAuth client that GOOGLE_REFRESH_TOKEN was issued to.
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
  # One entry per function and secret that it reads, such as "auth GUEST_CLIENT_SECRET".
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
