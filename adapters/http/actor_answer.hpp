#pragma once

#include <exception>
#include <utility>

#include "adapters/http/responder.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::http {

/// Asks an actor and answers the client with what `to_response` makes of its reply, on a worker
/// thread. An error is answered as its problem.
template <class Protocol, class Query, class ToResponse>
void answer_from(runtime::Runtime& runtime, const runtime::Address<Protocol>& actor, Query query,
                 runtime::Duration deadline, Responder responder, ToResponse to_response) {
  runtime.ask(actor, std::move(query), deadline,
              [responder = std::move(responder), to_response = std::move(to_response)](
                  result::Result<typename Query::Reply> reply) mutable {
                if (!reply.ok()) return responder.fail(reply.error());
                try {
                  responder.send(to_response(std::move(reply).value()));
                } catch (const std::exception& error) {
                  responder.fail(result::make_error(result::ErrorCode::internal, error.what()));
                }
              });
}

}  // namespace hts::http
