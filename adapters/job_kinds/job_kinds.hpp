#pragma once

#include <functional>
#include <string_view>

#include "actors/job_work.hpp"
#include "engine/backtest/backtest_request.hpp"
#include "engine/jobs/job_record.hpp"
#include "engine/result/result.hpp"

/// The kinds of jobs: how their requests are written, and what they mean to a worker.
///
///     backtest      the body of POST /api/backtests/run-async
///     sweep         search_request.hpp; fans out into parts of the kind sweep_part
///     walk_forward  the same, with parts of the kind walk_forward_part
///     noop          nothing; for benches and tests
namespace hts::job_kinds {

/// The body of POST /api/backtests/run, checked. The members of a submission (`priority`, ...) are
/// passed over.
using ParseBacktest =
    std::function<result::Result<backtest::BacktestRequest>(std::string_view body)>;

struct KindOptions {
  ParseBacktest parse_backtest;
  bool allow_noop = false;  ///< from clients
};

/// Whether a client may submit this. Errors: invalid, field `kind`, naming those there are; those
/// of the request.
[[nodiscard]] result::Status validate(const KindOptions& options, std::string_view kind,
                                      std::string_view request);

/// For the workers: as UnderstandJob says. Any thread.
[[nodiscard]] actors::UnderstandJob understanding(KindOptions options);

}  // namespace hts::job_kinds
