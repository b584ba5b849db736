#include "adapters/job_kinds/job_kinds.hpp"

#include <memory>
#include <string>
#include <utility>

#include "adapters/job_kinds/search_jobs.hpp"

namespace hts::job_kinds {
namespace {

using actors::JobWork;
using result::ErrorCode;
using result::make_error;
using result::Result;

Result<JobWork> understand(const KindOptions& options, const jobs::NewJob& job) {
  if (job.kind == "noop") return JobWork{actors::NoWork{}};
  if (job.kind == "backtest") {
    auto parsed = options.parse_backtest(job.request);
    if (!parsed) return std::move(parsed).error();
    return JobWork{actors::BacktestWork{
        std::make_shared<const backtest::BacktestRequest>(std::move(parsed).value())}};
  }
  if (is_search(job.kind)) {
    auto work = understand_search(options.parse_backtest, job);
    if (!work) return std::move(work).error();
    return JobWork{std::move(work).value()};
  }
  return make_error(ErrorCode::not_found,
                    "This worker does not know jobs of the kind '" + job.kind +
                        "': start one of a newer version.",
                    "kind");
}

}  // namespace

result::Status validate(const KindOptions& options, std::string_view kind,
                        std::string_view request) {
  const bool is_offered = kind == "backtest" || kind == "sweep" || kind == "walk_forward" ||
                          (kind == "noop" && options.allow_noop);
  if (!is_offered) {
    return make_error(ErrorCode::invalid,
                      "'" + std::string{kind.substr(0, 64)} +
                          "' is no kind of job: give backtest, sweep or walk_forward.",
                      "kind");
  }
  jobs::NewJob job;
  job.kind = kind;
  job.request = request;
  auto understood = understand(options, job);
  if (!understood) return std::move(understood).error();
  return result::success();
}

actors::UnderstandJob understanding(KindOptions options) {
  return [options = std::move(options)](const jobs::JobRecord& record) {
    return understand(options, record.job);
  };
}

}  // namespace hts::job_kinds
