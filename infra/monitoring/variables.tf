terraform {
  required_providers {
    google = {
      source                = "hashicorp/google"
      configuration_aliases = [google.billing]
    }
  }
}

variable "project_id" {
  description = "The Google Cloud project."
  type        = string
}

variable "subscription" {
  description = "The subscription of the tasks."
  type        = string
}

variable "matcher" {
  description = "The service that the tasks are pushed to."
  type        = string
}

variable "dead_letters" {
  description = "The service that tasks without success are pushed to."
  type        = string
}

variable "scheduled" {
  description = "Scheduler's jobs."
  type        = list(string)
}

variable "alert_email" {
  description = "See ../variables.tf, as for those below."
  type        = string
}

variable "log_retention_days" {
  description = "Days for which log entries are kept."
  type        = number
}

variable "billing_account" {
  description = "The billing account of the budget; empty for none."
  type        = string
}

variable "monthly_budget" {
  description = "Whole units of the billing account's currency."
  type        = number
}
