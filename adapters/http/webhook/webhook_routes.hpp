#pragma once

#include "adapters/http/api.hpp"

namespace hts::http {

/// `POST /api/webhooks/{name}`. Only behind a WebhookGate: whoever comes to the router is taken at
/// their word. What a signal with a quantity asks for is entered into the books, or closed; all are
/// told to people as alerts of the kind `signal`.
void add_webhook_routes(Router& router, const ApiServices& services);

}  // namespace hts::http
