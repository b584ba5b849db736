#include "adapters/job_kinds/search_jobs.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapters/job_kinds/part_output.hpp"
#include "adapters/job_kinds/search_request.hpp"
#include "adapters/json/sweep_json.hpp"
#include "engine/backtest/sweep/sweep_stretch.hpp"
#include "engine/backtest/validation/walk_forward.hpp"
#include "engine/backtest/validation/window_length.hpp"
#include "engine/json/json_text.hpp"

namespace hts::job_kinds {
namespace {

using actors::ComputedWork;
using actors::WorkDone;
using actors::WorkInputs;
using boost::json::object;
using result::ErrorCode;
using result::make_error;
using result::Result;
using SharedSearch = std::shared_ptr<const SearchRequest>;

constexpr std::string_view sweep_kind = "sweep";
constexpr std::string_view sweep_part_kind = "sweep_part";
constexpr std::string_view walk_kind = "walk_forward";
constexpr std::string_view walk_part_kind = "walk_forward_part";

/// The candles of a search and views of them.
struct SearchCandles {
  std::vector<market::CandleSeries> series;
  std::vector<market::CandleView> views;
};

Result<SearchCandles> load(const SearchRequest& search, const WorkInputs& inputs) {
  SearchCandles candles;
  for (const market::Symbol& symbol : search.sweep.plan.symbols) {
    auto loaded =
        inputs.candles.load(symbol, search.timeframe, search.range, inputs.control.cancel);
    if (!loaded) {
      result::Error error = std::move(loaded).error();
      if (error.code == ErrorCode::cancelled) {
        return make_error(ErrorCode::cancelled, "The search was cancelled while it read candles.");
      }
      if (error.field.empty()) error.field = "symbols";
      return error;
    }
    candles.series.push_back(std::move(loaded).value());
  }
  for (const auto& series : candles.series) candles.views.push_back(series.view());
  return candles;
}

/// A part of `whole` that is told `more` beside the request.
jobs::NewJob part_of(const jobs::NewJob& whole, std::string_view kind, std::uint32_t number,
                     std::uint64_t begin, std::uint64_t count) {
  jobs::NewJob part = whole;
  part.id = jobs::JobId::part_of(whole.id, number);
  part.kind = kind;
  part.idempotency_key.clear();
  part.request = "{\"request\":" + whole.request + ",\"begin\":" + std::to_string(begin) +
                 ",\"count\":" + std::to_string(count) + "}";
  return part;
}

struct PartRequest {
  object request;
  std::uint64_t begin = 0;
  std::uint64_t count = 0;
};

Result<PartRequest> read_part(std::string_view text) {
  auto part = read_object(text);
  if (!part) return std::move(part).error();
  const auto* request = part->if_contains("request");
  const auto* begin = part->if_contains("begin");
  const auto* count = part->if_contains("count");
  if (request == nullptr || !request->is_object() || begin == nullptr || !begin->is_int64() ||
      count == nullptr || !count->is_int64()) {
    return make_error(ErrorCode::invalid, "This is no part of a search.", "request");
  }
  return PartRequest{request->get_object(), static_cast<std::uint64_t>(begin->get_int64()),
                     static_cast<std::uint64_t>(count->get_int64())};
}

// --- sweeps ---

Result<WorkDone> judged(const SearchRequest& search, Result<backtest::TrialResults> results,
                        const SearchCandles& candles, const backtest::StudyControl& control) {
  if (!results) return std::move(results).error();
  backtest::StudyControl silent;
  silent.cancel = control.cancel;
  auto verdict = backtest::judge_winner(search.sweep, *results, candles.views, search.verdict,
                                        backtest::one_worker(), silent);
  if (!verdict) return std::move(verdict).error();
  return WorkDone{json::sweep_to_text(search.sweep, *results, *verdict), {}};
}

Result<WorkDone> join_sweep(const SearchRequest& search, const WorkInputs& inputs) {
  std::vector<backtest::TriedStretch> stretches;
  for (const std::string& output : *inputs.part_outputs) {
    auto stretch = read_stretch(output);
    if (!stretch) return std::move(stretch).error();
    stretches.push_back(std::move(stretch).value());
  }
  const auto candles = load(search, inputs);
  if (!candles) return candles.error();
  return judged(search,
                backtest::join_stretches(search.sweep, stretches, candles->views, inputs.control),
                *candles, inputs.control);
}

Result<WorkDone> start_sweep(const SearchRequest& search, const jobs::NewJob& job,
                             const WorkInputs& inputs) {
  const auto stretches =
      backtest::cut_sweep(search.sweep, most_parts, fewest_combinations, inputs.control);
  if (!stretches) return stretches.error();
  if (stretches->size() > 1) {
    WorkDone fanned_out;
    std::uint32_t number = 0;
    for (const backtest::SweepStretch& stretch : *stretches) {
      fanned_out.parts.push_back(
          part_of(job, sweep_part_kind, number++, stretch.begin, stretch.combinations));
    }
    return fanned_out;
  }
  const auto candles = load(search, inputs);
  if (!candles) return candles.error();
  return judged(
      search,
      backtest::run_sweep(search.sweep, candles->views, backtest::one_worker(), inputs.control),
      *candles, inputs.control);
}

Result<WorkDone> do_sweep_part(const SearchRequest& search, const backtest::SweepStretch& stretch,
                               const WorkInputs& inputs) {
  const auto candles = load(search, inputs);
  if (!candles) return candles.error();
  const auto tried = backtest::try_stretch(search.sweep, stretch, candles->views, inputs.control);
  if (!tried) return tried.error();
  return WorkDone{stretch_text(*tried), {}};
}

// --- walks ---

Result<backtest::WalkForwardRequest> walk_of(const SearchRequest& search,
                                             const SearchCandles& candles) {
  const std::size_t bars = backtest::count_bars(candles.views);
  const auto train = backtest::WindowLength::parse(search.train, "train");
  if (!train) return train.error();
  const auto test = backtest::WindowLength::parse(search.test, "test");
  if (!test) return test.error();
  return backtest::WalkForwardRequest{search.sweep, train->bars(bars), test->bars(bars),
                                      search.anchored};
}

Result<WorkDone> walked(const backtest::WalkForwardRequest& request,
                        Result<backtest::WalkForwardResult> result) {
  if (!result) return std::move(result).error();
  return WorkDone{json::walk_forward_to_text(request, *result), {}};
}

Result<WorkDone> do_walk(const SearchRequest& search, const jobs::NewJob& job,
                         const WorkInputs& inputs) {
  const auto candles = load(search, inputs);
  if (!candles) return candles.error();
  const auto request = walk_of(search, *candles);
  if (!request) return request.error();
  if (inputs.part_outputs != nullptr) {
    std::vector<backtest::WindowWinner> winners;
    for (const std::string& output : *inputs.part_outputs) {
      auto some = read_winners(output);
      if (!some) return std::move(some).error();
      winners.insert(winners.end(), some->begin(), some->end());
    }
    return walked(*request,
                  backtest::walk_forward_with(*request, candles->views, winners, inputs.control));
  }
  const auto windows = backtest::count_windows(*request, candles->views);
  if (!windows) return windows.error();
  if (*windows == 1) {
    return walked(*request, backtest::walk_forward(*request, candles->views, backtest::one_worker(),
                                                   inputs.control));
  }
  WorkDone fanned_out;
  const std::size_t parts = std::min(*windows, most_parts);
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t first = part * *windows / parts;
    const std::size_t last = (part + 1) * *windows / parts;
    fanned_out.parts.push_back(
        part_of(job, walk_part_kind, static_cast<std::uint32_t>(part), first, last - first));
  }
  return fanned_out;
}

Result<WorkDone> do_walk_part(const SearchRequest& search, std::size_t first, std::size_t count,
                              const WorkInputs& inputs) {
  const auto candles = load(search, inputs);
  if (!candles) return candles.error();
  const auto request = walk_of(search, *candles);
  if (!request) return request.error();
  const auto workers = backtest::one_worker();
  const auto winners = backtest::train_windows(*request, candles->views, first, first + count,
                                               workers, inputs.control);
  if (!winners) return winners.error();
  return WorkDone{winners_text(*winners), {}};
}

}  // namespace

bool is_search(std::string_view kind) noexcept {
  return kind == sweep_kind || kind == sweep_part_kind || kind == walk_kind ||
         kind == walk_part_kind;
}

Result<ComputedWork> understand_search(const ParseBacktest& parse_backtest,
                                       const jobs::NewJob& job) {
  const bool is_sweep = job.kind == sweep_kind || job.kind == sweep_part_kind;
  const bool is_part = job.kind == sweep_part_kind || job.kind == walk_part_kind;
  PartRequest part;
  if (is_part) {
    auto read = read_part(job.request);
    if (!read) return std::move(read).error();
    part = std::move(read).value();
  } else {
    auto read = read_object(job.request);
    if (!read) return std::move(read).error();
    part.request = std::move(read).value();
  }
  auto read = read_search(parse_backtest, is_sweep ? SearchKind::sweep : SearchKind::walk_forward,
                          part.request);
  if (!read) return std::move(read).error();
  const SharedSearch search = std::make_shared<const SearchRequest>(std::move(read).value());
  const std::uint64_t begin = part.begin;
  const std::uint64_t count = part.count;
  if (is_part && is_sweep) {
    return ComputedWork{[search, begin, count](const WorkInputs& inputs) {
      return do_sweep_part(*search, {begin, count}, inputs);
    }};
  }
  if (is_part) {
    return ComputedWork{[search, begin, count](const WorkInputs& inputs) {
      return do_walk_part(*search, begin, count, inputs);
    }};
  }
  if (!is_sweep) {
    return ComputedWork{
        [search, job](const WorkInputs& inputs) { return do_walk(*search, job, inputs); }};
  }
  return ComputedWork{[search, job](const WorkInputs& inputs) {
    return inputs.part_outputs != nullptr ? join_sweep(*search, inputs)
                                          : start_sweep(*search, job, inputs);
  }};
}

}  // namespace hts::job_kinds
