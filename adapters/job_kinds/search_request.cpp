#include "adapters/job_kinds/search_request.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/backtest/validation/window_length.hpp"
#include "engine/json/json_text.hpp"

namespace hts::job_kinds {
namespace {

using boost::json::object;
using boost::json::value;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;

constexpr std::size_t longest_request = std::size_t{8} << 20U;
constexpr std::int64_t most_shown = 1'000;

const value* given(const object& request, std::string_view name) {
  const value* found = request.if_contains({name.data(), name.size()});
  return found != nullptr && found->is_null() ? nullptr : found;
}

/// A number, a flag or a text, as one would type it.
Result<std::string> typed(const value& one, const std::string& field) {
  if (one.is_string()) return std::string{one.get_string().data(), one.get_string().size()};
  if (one.is_number() || one.is_bool()) return json::to_text(one);
  return make_error(ErrorCode::invalid,
                    field + " must be a value, a list of values, or a range such as \"5:50:5\".",
                    field);
}

/// "NAME=V,V,V" for each member of `params`.
Result<std::vector<std::string>> read_assignments(const object& request) {
  std::vector<std::string> assignments;
  const value* params = given(request, "params");
  if (params == nullptr) return assignments;
  if (!params->is_object()) {
    return make_error(ErrorCode::invalid,
                      "params must be an object such as {\"fast\": \"5:50:5\"}.", "params");
  }
  for (const auto& member : params->get_object()) {
    const std::string name{member.key().data(), member.key().size()};
    const std::string field = "params." + name;
    std::string assignment = name + "=";
    const value* const begin =
        member.value().is_array() ? member.value().get_array().data() : &member.value();
    const std::size_t count =
        member.value().is_array() ? member.value().get_array().size() : std::size_t{1};
    for (std::size_t i = 0; i < count; ++i) {
      auto text = typed(begin[i], field);
      if (!text) return std::move(text).error();
      assignment += (i == 0 ? "" : ",") + *text;
    }
    assignments.push_back(std::move(assignment));
  }
  return assignments;
}

Status read_flag(const object& request, std::string_view name, bool& into) {
  const value* found = given(request, name);
  if (found == nullptr) return result::success();
  if (!found->is_bool()) {
    return make_error(ErrorCode::invalid, std::string{name} + " must be true or false.",
                      std::string{name});
  }
  into = found->get_bool();
  return result::success();
}

Result<std::int64_t> read_number(const object& request, std::string_view name,
                                 std::int64_t fallback, std::int64_t minimum,
                                 std::int64_t maximum) {
  const value* found = given(request, name);
  if (found == nullptr) return fallback;
  if (!found->is_int64() || found->get_int64() < minimum || found->get_int64() > maximum) {
    return make_error(ErrorCode::invalid,
                      std::string{name} + " must be a whole number from " +
                          std::to_string(minimum) + " to " + std::to_string(maximum) + ".",
                      std::string{name});
  }
  return found->get_int64();
}

/// The account and the data, as a backtest that is checked like any other.
Result<backtest::BacktestRequest> read_account(const ParseBacktest& parse_backtest,
                                               const object& request) {
  object body = request;
  for (const char* name : {"params", "strategies", "symbol_params"}) {
    if (name != std::string_view{"params"} && given(request, name) != nullptr) {
      return make_error(
          ErrorCode::invalid,
          std::string{"A search has one strategy and one space: leave "} + name + " out.", name);
    }
    body.erase(name);
  }
  body["mode"] = "portfolio";
  return parse_backtest(json::to_text(value(std::move(body))));
}

Status read_trials(const object& request, SearchRequest& search) {
  backtest::TrialOptions& trials = search.sweep.trials;
  std::string by = "sharpe_ratio";
  if (const value* found = given(request, "by")) {
    if (!found->is_string()) {
      return make_error(ErrorCode::invalid, "by must be the name of a statistic in quotes.", "by");
    }
    by = std::string{found->get_string().data(), found->get_string().size()};
  }
  bool minimize = false;
  if (auto read = read_flag(request, "minimize", minimize); !read) return read;
  auto objective = backtest::Objective::by(by, minimize);
  if (!objective) return std::move(objective).error();
  trials.objective = *objective;
  const auto top = read_number(request, "top", 10, 1, most_shown);
  if (!top) return top.error();
  trials.keep = static_cast<std::size_t>(*top);
  const auto seed = read_number(request, "seed", 1, 0, INT64_MAX);
  if (!seed) return seed.error();
  search.verdict.bias.seed = static_cast<std::uint64_t>(*seed);
  if (given(request, "random") != nullptr) {
    const auto count = read_number(request, "random", 1, 1, INT64_MAX);
    if (!count) return count.error();
    trials.sample = backtest::RandomSample{static_cast<std::uint64_t>(*count),
                                           static_cast<std::uint64_t>(*seed)};
  }
  const std::uint64_t all = search.sweep.space.combinations();
  if (std::min(all, trials.sample ? trials.sample->count : all) > backtest::unconfirmed_trials) {
    return make_error(ErrorCode::too_large,
                      "A search as a job tries at most a million combinations: take wider steps, "
                      "or a random sample (\"random\": 100000).",
                      "params");
  }
  return read_flag(request, "check_bias", search.verdict.check_bias);
}

Status read_windows(const object& request, SearchRequest& search) {
  for (auto [name, into] : {std::pair{"train", &search.train}, std::pair{"test", &search.test}}) {
    const value* found = given(request, name);
    if (found == nullptr) {
      return make_error(ErrorCode::invalid,
                        std::string{name} + " is missing; give a number of bars, or a share of " +
                            "the data such as \"40%\".",
                        name);
    }
    auto text = typed(*found, name);
    if (!text) return std::move(text).error();
    *into = std::move(text).value();
    if (auto length = backtest::WindowLength::parse(*into, name); !length) {
      return std::move(length).error();
    }
  }
  return read_flag(request, "anchored", search.anchored);
}

}  // namespace

Result<SearchRequest> read_search(const ParseBacktest& parse_backtest, SearchKind kind,
                                  const object& request) {
  auto account = read_account(parse_backtest, request);
  if (!account) return std::move(account).error();
  if (!account->portfolio) {
    return make_error(ErrorCode::internal, "A search was not understood as a portfolio.");
  }
  const backtest::PortfolioTask& task = *account->portfolio;
  if (task.options.both_intrabar) {
    return make_error(ErrorCode::invalid,
                      "A search needs one answer for each combination: pessimistic or optimistic.",
                      "portfolio.intrabar");
  }
  auto assignments = read_assignments(request);
  if (!assignments) return std::move(assignments).error();
  auto space = backtest::SearchSpace::parse(*task.plan.slots.front().definition, *assignments);
  if (!space) return std::move(space).error();
  SearchRequest search{{task.plan, std::move(space).value(), {}},
                       account->timeframe,
                       account->range,
                       {},
                       {},
                       {},
                       false};
  if (auto read = read_trials(request, search); !read) return std::move(read).error();
  if (kind == SearchKind::walk_forward) {
    if (auto read = read_windows(request, search); !read) return std::move(read).error();
  }
  return search;
}

Result<object> read_object(std::string_view text) {
  auto parsed = json::parse_json(text, {longest_request, 64});
  if (!parsed) {
    result::Error error = std::move(parsed).error();
    if (error.field.empty()) error.field = "request";
    return error;
  }
  if (!parsed->is_object()) {
    return make_error(ErrorCode::invalid, "The request must be a JSON object, written in { }.",
                      "request");
  }
  return std::move(parsed->get_object());
}

}  // namespace hts::job_kinds
