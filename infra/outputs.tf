locals {
  updates_url = "${replace(google_cloud_run_v2_service.relay.uri, "https://", "wss://")}/api/v1/ws/updates"
}

output "api_base_url" {
  description = "The API's address, through Hosting."
  value       = local.api_base_url
}

output "updates_url" {
  description = "The WebSocket's address: the relay's own, because Hosting does not support WebSockets."
  value       = local.updates_url
}

output "function_urls" {
  description = "The address of each function, which has no limit of 60 seconds as Hosting has."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.service_config[0].uri }
}

output "image_repository" {
  description = "The repository for the relay's image."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "most_resources" {
  description = "vCPUs and GiB if every function and the relay run with all their instances. Compare with the region's quotas."
  value = {
    vcpus = sum([for function in local.functions : function.cpu * function.max_instances]) + var.relay_max_instances
    gib = sum([
      for function in local.functions :
      function.max_instances * tonumber(trimsuffix(trimsuffix(function.memory, "Gi"), "Mi")) / (endswith(function.memory, "Mi") ? 1024 : 1)
    ]) + var.relay_max_instances * 0.5
  }
}

output "deployment" {
  description = "Variables of the GitHub environment that deploys here; null without github_repository."
  value = var.github_repository == "" ? null : {
    WORKLOAD_IDENTITY_PROVIDER = google_iam_workload_identity_pool_provider.github[0].name
    DEPLOY_ACCOUNT             = google_service_account.deploy[0].email
  }
}

output "api_address" {
  description = "For the A record of api_domain; null without one."
  value       = one(module.armor[*].address)
}

output "guest_redirect_uri" {
  description = "Redirect URI to register with the guests' OAuth client."
  value       = local.functions.auth.environment.GOOGLE_REDIRECT_URI
}

output "page_config" {
  description = "Content of the page's config.json."
  # No scan_base with a domain for the API: functions answer at that alone, and it does not give up after 60 seconds.
  value = jsonencode({
    api_base        = var.api_domain == "" ? "/api/v1" : "https://${var.api_domain}/api/v1"
    scan_base       = var.api_domain == "" ? "${google_cloudfunctions2_function.function["scan"].service_config[0].uri}/api/v1" : null
    updates_url     = local.updates_url
    public_api_base = local.api_base_url
    google          = true
    google_api_root = "https://www.googleapis.com"
    albums          = []
    largest_upload  = 32505856
  })
}
