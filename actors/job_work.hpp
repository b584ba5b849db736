#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/control/study_control.hpp"
#include "engine/jobs/job_machine.hpp"
#include "engine/jobs/job_record.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/result/result.hpp"

/// What a job's request means to the worker that does it. Which kinds of jobs there are, and how
/// their requests are written, is known outside of the actors.
namespace hts::actors {

/// Done at once.
struct NoWork {};

/// A backtest whose run is stored.
struct BacktestWork {
  std::shared_ptr<const backtest::BacktestRequest> request;
};

/// What a computation may use. `part_outputs`: null unless the job joins its parts.
struct WorkInputs {
  ports::CandleStore& candles;
  const std::vector<std::string>* part_outputs = nullptr;
  const backtest::StudyControl& control;
};
/// What it came to: an output, or the parts that the job fans out into.
struct WorkDone {
  std::string output;
  std::vector<jobs::NewJob> parts;
};
/// Runs on a thread of its own; sees the control's cancel within 50 ms. The answer is a function
/// of the job, the candles and the parts' outputs.
struct ComputedWork {
  std::function<result::Result<WorkDone>(const WorkInputs&)> compute;
};

using JobWork = std::variant<NoWork, BacktestWork, ComputedWork>;

/// Errors: not_found, field `kind`, for a kind that this program does not know (another worker
/// may); those of the request, which no worker can do.
using UnderstandJob = std::function<result::Result<JobWork>(const jobs::JobRecord& job)>;

}  // namespace hts::actors
