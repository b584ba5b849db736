#pragma once

#include "actors/messages.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// Tells people what happened. Its channel is the log.
///
/// Takes: Notice.
class Notifier : public runtime::Actor<Notifier, NotifierProtocol> {
 public:
  explicit Notifier(runtime::Context& context);

  void on(const Notice& notice);

 private:
  runtime::Context& context_;
};

}  // namespace hts::actors
