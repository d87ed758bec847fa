variable "domain" {
  description = "The host name of the API."
  type        = string
}

variable "region" {
  description = "The region of the services."
  type        = string
}

variable "services" {
  description = "The public functions. auth gets the paths that no other has."
  type        = list(string)
}

variable "requests_per_minute" {
  description = "Scans and selfie previews per minute and address. Guests of one party often share an address."
  type        = number
}

output "address" {
  description = "For the domain's A record."
  value       = google_compute_global_address.api.address
}
