# A load balancer before the public functions, so that Cloud Armor counts requests per address for all instances together.
locals {
  # Hosting's routes, of which the first that fits decides here as there. Its patterns are path templates as they are.
  routes = [for rewrite in jsondecode(file("${path.module}/../../firebase.json")).hosting.rewrites : {
    path    = rewrite.source
    service = rewrite.run.serviceId
  } if contains(var.services, try(rewrite.run.serviceId, ""))]
}

resource "google_compute_global_address" "api" {
  name = "frd-api"
}

# Becomes valid some time after the domain's A record points to the address.
resource "google_compute_managed_ssl_certificate" "api" {
  name = "frd-api"

  managed {
    domains = [var.domain]
  }
}

resource "google_compute_region_network_endpoint_group" "service" {
  for_each = toset(var.services)

  name                  = "frd-${each.key}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.key
  }
}

resource "google_compute_security_policy" "api" {
  name = "frd-api"

  rule {
    description = "Scans and selfies cost an analysis each."
    action      = "throttle"
    priority    = 1000

    match {
      expr {
        expression = "request.method == 'POST' && (request.path == '/api/v1/scan' || request.path == '/api/v1/target-face' || request.path.matches('^/api/v1/albums/[^/]+/search$'))"
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
    }
  }

  rule {
    description = "Everything else."
    action      = "allow"
    priority    = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_backend_service" "service" {
  for_each = toset(var.services)

  name                  = "frd-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.api.id

  backend {
    group = google_compute_region_network_endpoint_group.service[each.key].id
  }

  # Its log has whole URLs, as Cloud Run's has, which are enough.
  log_config {
    enable = false
  }
}

resource "google_compute_url_map" "api" {
  name            = "frd-api"
  default_service = google_compute_backend_service.service["auth"].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "api"
  }

  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.service["auth"].id

    dynamic "route_rules" {
      for_each = local.routes
      content {
        priority = route_rules.key + 1
        service  = google_compute_backend_service.service[route_rules.value.service].id

        match_rules {
          path_template_match = route_rules.value.path
        }
      }
    }
  }
}

resource "google_compute_target_https_proxy" "api" {
  name             = "frd-api"
  url_map          = google_compute_url_map.api.id
  ssl_certificates = [google_compute_managed_ssl_certificate.api.id]
}

resource "google_compute_global_forwarding_rule" "api" {
  name                  = "frd-api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  target                = google_compute_target_https_proxy.api.id
  ip_address            = google_compute_global_address.api.id
  port_range            = "443"
}
