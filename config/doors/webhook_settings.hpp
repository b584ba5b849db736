#pragma once

#include "adapters/http/webhook/webhook_gate.hpp"
#include "config/settings.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// Who may send signals, by `webhooks.*`; without start and note. Errors: invalid or storage, field
/// `webhooks.in`.
[[nodiscard]] result::Result<http::WebhookGate::Options> webhook_options(const Settings& settings);

}  // namespace hts::config
