#pragma once

#include <string>

#include "adapters/http/job_request.hpp"
#include "adapters/journal/format.hpp"
#include "config/wiring/wiring.hpp"

/// What a journal keeps of the daemon's settings, so that a replay wires the same actors.
namespace hts::config {

struct SessionSettings {
  WiringOptions wiring;
  std::string data_root;     ///< absolute
  bool keeps_jobs = false;   ///< there is a store of jobs
  bool trades_live = false;  ///< there is a feed
  bool has_history = false;  ///< what its stream missed can be asked for
  bool allow_noop = false;
  http::JobTerms job_terms = {};
};

/// Into `header.settings`.
void write_session_settings(const SessionSettings& settings, journal::SegmentHeader& header);
/// What is missing or makes no sense has its default: a header of another program may be another.
[[nodiscard]] SessionSettings read_session_settings(const journal::SegmentHeader& header);

}  // namespace hts::config
