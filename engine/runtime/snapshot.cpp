#include "engine/runtime/snapshot.hpp"

namespace hts::runtime {

std::string_view name_of(DeadLetterReason reason) noexcept {
  switch (reason) {
    case DeadLetterReason::mailbox_full:
      return "mailbox_full";
    case DeadLetterReason::dropped_oldest:
      return "dropped_oldest";
    case DeadLetterReason::replaced:
      return "replaced";
    case DeadLetterReason::stopped:
      return "stopped";
    case DeadLetterReason::failed:
      return "failed";
    case DeadLetterReason::handler_threw:
      return "handler_threw";
  }
  return "?";
}

std::string_view name_of(ActorState state) noexcept {
  switch (state) {
    case ActorState::reserved:
      return "reserved";
    case ActorState::starting:
      return "starting";
    case ActorState::running:
      return "running";
    case ActorState::restarting:
      return "restarting";
    case ActorState::escalated:
      return "escalated";
    case ActorState::stopping:
      return "stopping";
    case ActorState::stopped:
      return "stopped";
    case ActorState::failed:
      return "failed";
  }
  return "?";
}

}  // namespace hts::runtime
