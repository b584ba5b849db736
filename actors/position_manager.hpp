#pragma once

#include "actors/messages.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// The paper book. Backtests in `signals` mode do not open positions, so the book is empty until
/// live paper trading feeds it; the actor answers for it.
///
/// Takes: GetPositionSummary.
class PositionManager : public runtime::Actor<PositionManager, PositionManagerProtocol> {
 public:
  explicit PositionManager(runtime::Context&) {}

  void on(runtime::Request<GetPositionSummary>& request) { request.reply(PositionSummary{}); }
};

}  // namespace hts::actors
