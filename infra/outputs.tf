locals {
  updates_url = "${replace(google_cloud_run_v2_service.relay.uri, "https://", "wss://")}/api/v1/ws/updates"
}

output "api_base_url" {
  description = "Where clients call the API, through Hosting."
  value       = local.api_base_url
}

output "updates_url" {
  description = "Where clients open the WebSocket: Hosting does not carry one, so it is the relay's own address."
  value       = local.updates_url
}

output "function_urls" {
  description = "Each function's own address, without Hosting in front and its 60 seconds."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.service_config[0].uri }
}

output "image_repository" {
  description = "Where the relay's image is pushed."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "guest_redirect_uri" {
  description = "To be registered with the guests' OAuth client."
  value       = local.functions.auth.environment.GOOGLE_REDIRECT_URI
}

output "page_config" {
  description = "config.json of the page."
  value = jsonencode({
    api_base        = "/api/v1"
    updates_url     = local.updates_url
    public_api_base = local.api_base_url
    google          = true
    google_api_root = "https://www.googleapis.com"
    albums          = []
    largest_upload  = 33554432
    match_distance  = var.match_distance
  })
}
