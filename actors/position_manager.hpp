#pragma once

#include "actors/messages.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// The paper book. Backtests in `signals` mode do not open positions, so the book is empty until
/// live paper trading feeds it; the actor answers for it.
///
/// Takes: GetPositionSummary; BarClosed, Decided and the requests of sessions, which are answered
/// with unavailable where there is no live trading.
class PositionManager : public runtime::Actor<PositionManager, PositionManagerProtocol> {
 public:
  explicit PositionManager(runtime::Context&) {}

  void on(const BarClosed&) {}
  void on(const Decided&) {}
  void on(runtime::Request<GetPositionSummary>& request) { request.reply(PositionSummary{}); }
  template <class Query>
  void on(runtime::Request<Query>& request) {
    request.reply(result::make_error(result::ErrorCode::unavailable,
                                     "This process does not trade live: start the daemon with "
                                     "feed.source set."));
  }
};

}  // namespace hts::actors
