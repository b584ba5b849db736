#pragma once

#include <string>

#include "engine/ports/collection_status_store.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/ports/preset_store.hpp"

/// Ended jobs, presets and statuses for the tests of their stores.
namespace hts::testing {

/// Jobs of a larger number finished later.
inline ports::EndedJob sample_job(int number) {
  ports::EndedJob job;
  job.job_id = "job-" + std::to_string(number);
  job.kind = number % 2 == 0 ? "sweep" : "backtest";
  job.state = number % 3 == 0 ? "failed" : "completed";
  job.created_at = time::from_milliseconds(1'700'000'000'001 + number);
  job.started_at = time::from_milliseconds(1'700'000'000'010 + number);
  job.finished_at = time::from_milliseconds(1'700'000'001'000 + number);
  job.attempts = 2;
  job.worker = "worker-1@호스트";
  job.error = number % 3 == 0 ? "There is no data for 'XRP_KRW'; \"import\" it.\n" : "";
  job.run_id = "0b0e7d54-7f5e-4f0e-9d1c-000000000001";
  job.request = R"({"strategy": "sma_cross", "symbols": ["KRW-BTC"], "description": "한글\\n"})";
  return job;
}

inline ports::Preset sample_preset(const std::string& name) {
  return {name,
          "volume_zone_breakout",
          R"({"volume_window": 120, "top_percentile":0.30000000000000004, "hold":2.0})",
          "조용한 시장 \"quoted\"\nline",
          time::from_milliseconds(1'700'000'000'123),
          time::from_milliseconds(1'700'000'000'456)};
}

inline ports::CollectionStatus sample_status(const char* symbol, const char* timeframe) {
  return {market::Symbol::parse(symbol).value(), market::Timeframe::parse(timeframe).value(),
          time::from_milliseconds(1'700'000'000'000), time::from_milliseconds(1'700'000'060'123),
          "거래소가 429 \"Too Many Requests\"\n"};
}

}  // namespace hts::testing
