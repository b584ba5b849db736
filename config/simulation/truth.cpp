#include "config/simulation/truth.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "adapters/json/backtest_json.hpp"
#include "adapters/json/parameters_json.hpp"
#include "adapters/json/portfolio_document.hpp"
#include "engine/backtest/execute.hpp"
#include "engine/backtest/portfolio/ledger_replay.hpp"
#include "engine/backtest/portfolio_run.hpp"
#include "engine/runtime/random.hpp"

namespace hts::simulation {
namespace {

constexpr std::size_t runs_looked_at = 50;
constexpr std::size_t minutes_looked_at = 500;
constexpr std::uint64_t page_size = 500;

/// The text between two markers, both left out; empty when one is missing.
std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
  const auto first = text.find(begin);
  if (first == std::string_view::npos) return {};
  text.remove_prefix(first + begin.size());
  const auto last = text.find(end);
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last);
}

std::string_view run_id_in(std::string_view text) {
  return between(text, "\"run_id\":\"", "\"");
}

std::string_view computed_part_of(std::string_view text) {
  return between(text, "\"symbols\":", ",\"execution_time\"");
}

/// The JSON object that the text begins with.
std::string_view object_at_begin_of(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return text.substr(0, i + 1);
  }
  return text;
}

constexpr std::string_view symbol_mark = "{\"symbol\":\"";
constexpr std::string_view flag_mark = "\",\"is_active\":";

/// Calls f(symbol, is_active) for each symbol of a run's text and returns the digest of the rest.
template <class F>
std::uint64_t read_flags(std::string_view text, F&& f) {
  std::uint64_t digest = 0;
  for (;;) {
    const auto mark = text.find(flag_mark);
    digest = digest * 31 + runtime::detail::stable_hash(text.substr(0, mark));
    if (mark == std::string_view::npos) return digest;
    const auto name = text.rfind(symbol_mark, mark);
    const auto name_begin = name + symbol_mark.size();
    const std::string_view rest = text.substr(mark + flag_mark.size());
    const bool is_active = rest.starts_with("true");
    f(text.substr(name_begin, mark - name_begin), is_active);
    text = rest.substr(is_active ? 4 : 5);
  }
}

std::string request_body(const backtest::RawBacktestRequest& raw) {
  std::string body;
  json::Writer writer{body};
  writer.begin_object();
  writer.member("strategy", raw.strategy);
  writer.key("params");
  json::write_parameters(writer, raw.params);
  writer.key("symbols");
  writer.begin_array();
  for (const std::string& symbol : raw.symbols) writer.value(symbol);
  writer.end_array();
  writer.member("start_date", raw.start_date);
  writer.member("end_date", raw.end_date);
  writer.member("timeframe", raw.timeframe);
  writer.member("mode", raw.mode);
  if (!raw.portfolio.empty()) {
    writer.key("portfolio");
    writer.begin_object();
    for (const auto& [name, text] : raw.portfolio) writer.member(name, text);
    writer.end_object();
  }
  writer.member("timeout_seconds", 60);
  writer.end_object();
  return body;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t most = 200;
  return std::string{text.substr(0, most)} + (text.size() > most ? "..." : "");
}

}  // namespace

Truth::Truth(Referee& referee, const Market& market)
    : referee_(referee), market_(market), minutes_(market.symbols().size()) {}

KnownBacktest Truth::make_backtest(const backtest::RawBacktestRequest& raw) const {
  auto request = backtest::make_backtest_request(raw);
  if (!request) throw std::logic_error("a simulated request is wrong: " + request.error().message);
  auto run = backtest::execute(
      *request, [this](const market::Symbol& symbol, market::Timeframe, time::TimeRange range,
                       const std::atomic<bool>*) { return market_.load_history(symbol, range); });
  if (!run) throw std::logic_error("a simulated backtest fails: " + run.error().message);

  KnownBacktest known;
  known.symbols = raw.symbols;
  if (run->portfolio) {
    check_books(run->portfolio->report.result, request->portfolio->plan.settings.cash);
    run->document = json::portfolio_document(*run->portfolio);
  }
  known.expected = computed_part_of(json::backtest_to_text(*run));
  known.body = request_body(raw);
  return known;
}

/// The account's equity against a ledger that shares no arithmetic with it.
void Truth::check_books(const backtest::PortfolioResult& result, double cash) const {
  const auto ledger = backtest::replay_fills(cash, result.fills);
  const double equity = result.equity.empty() ? cash : result.equity.back();
  constexpr double tolerance = 1e-9;
  if (!ledger || std::fabs(ledger->cash().approximate() - equity) > tolerance * cash) {
    referee_.violated("books_balance",
                      "a portfolio ends with " + std::to_string(equity) + ", its ledger with " +
                          (ledger ? ledger->cash().text() : ledger.error().message));
  }
}

Truth::KnownRun* Truth::learn(std::string_view text, std::uint64_t asked_at) {
  const std::string run_id{run_id_in(text)};
  if (run_id.empty()) {
    referee_.violated("run_is_whole", "a run without an id: " + shortened(text));
    return nullptr;
  }
  std::vector<std::pair<std::string, bool>> flags;
  const std::uint64_t digest = read_flags(text, [&](std::string_view symbol, bool is_active) {
    flags.emplace_back(symbol, is_active);
  });
  const auto [known, is_new] = runs_.try_emplace(run_id);
  if (is_new) {
    run_ids_.push_back(run_id);
    known->second.digest = digest;
  } else if (known->second.digest != digest) {
    referee_.violated("run_unchanged",
                      "the run " + run_id + " is not what it was: " + shortened(text));
  }
  for (const auto& [symbol, is_active] : flags) {
    const Flag& flag = known->second.flags[symbol];
    if (flag.confirmed_at > asked_at) continue;
    if (is_active ? !flag.maybe_active : !flag.maybe_inactive) {
      referee_.violated("flag_kept", "the flag of " + symbol + " in the run " + run_id + " is " +
                                         (is_active ? "true" : "false") +
                                         ", but the other was confirmed");
    }
  }
  return &known->second;
}

void Truth::run_answered(const KnownBacktest& backtest, std::string_view text,
                         std::uint64_t asked_at, bool wanted_fresh) {
  constexpr std::string_view cached_mark = ",\"cached\":true}";
  const bool cached = text.ends_with(cached_mark);
  if (cached && wanted_fresh) {
    referee_.violated("fresh_means_fresh",
                      "a fresh run was wanted, an old one came: " + shortened(text));
  }
  // A stored run has the flags of now.
  const auto content = [](std::string_view part) {
    return read_flags(part, [](std::string_view, bool) {});
  };
  const std::string_view computed = computed_part_of(text);
  if (cached ? content(computed) != content(backtest.expected) : computed != backtest.expected) {
    referee_.violated("run_is_right", "the daemon computed another answer than the engine alone: " +
                                          shortened(computed_part_of(text)) + " instead of " +
                                          shortened(backtest.expected));
  }
  if (cached) {
    // But for the mark it is the text that everybody reads.
    text.remove_suffix(cached_mark.size());
    (void)learn(std::string{text} + "}", asked_at);
    return;
  }
  KnownRun* run = learn(text, asked_at);
  if (run != nullptr && std::exchange(run->answered, true)) {
    referee_.violated("run_id_unique", "two requests got the run " + std::string{run_id_in(text)});
  }
}

void Truth::job_answered(const KnownBacktest& backtest, std::string_view text,
                         const std::string& task_id, std::uint64_t asked_at) {
  const std::string_view run = object_at_begin_of(text);
  const auto content = [](std::string_view part) {
    return read_flags(part, [](std::string_view, bool) {});
  };
  if (content(computed_part_of(run)) != content(backtest.expected)) {
    referee_.violated("run_is_right", "the job " + task_id + " computed another answer: " +
                                          shortened(computed_part_of(run)) + " instead of " +
                                          shortened(backtest.expected));
  }
  (void)learn(run, asked_at);
}

void Truth::run_read(std::string_view text, std::uint64_t asked_at) {
  (void)learn(text, asked_at);
}

void Truth::run_denied(const std::string& run_id) {
  if (runs_.contains(run_id)) {
    referee_.violated("run_kept",
                      "the daemon denies the run " + run_id + ", which it had answered");
  }
}

void Truth::history_read(std::uint64_t total, std::size_t known) {
  if (total < known) {
    referee_.violated("run_kept", "the history has " + std::to_string(total) + " runs, at least " +
                                      std::to_string(known) + " were seen before");
  }
}

const std::string& Truth::symbol_of(const std::string& run_id, std::uint64_t draw) const {
  const auto& flags = runs_.at(run_id).flags;
  return std::next(flags.begin(), static_cast<std::ptrdiff_t>(draw % flags.size()))->first;
}

bool Truth::flag_asked(const std::string& run_id, const std::string& symbol, bool value) {
  Flag& flag = runs_.at(run_id).flags.at(symbol);
  if (flag.asked) return false;
  flag.asked = true;
  (value ? flag.maybe_active : flag.maybe_inactive) = true;
  return true;
}

void Truth::flag_answered(const std::string& run_id, const std::string& symbol, bool value,
                          bool confirmed) {
  Flag& flag = runs_.at(run_id).flags.at(symbol);
  flag.asked = false;
  if (confirmed) {
    flag.maybe_active = value;
    flag.maybe_inactive = !value;
    flag.confirmed_at = referee_.step();
  }
}

void Truth::candles_stored(std::size_t symbol, const std::vector<std::int64_t>& minutes) {
  for (const std::int64_t minute : minutes) {
    if (minutes_[symbol].insert(minute).second) ++stored_candles_;
  }
}

void Truth::check_run(const std::string& run_id, ports::ResultStore& results,
                      ports::ArtifactStore& artifacts) {
  const auto summary = results.find(run_id);
  if (!summary) {
    referee_.violated("run_kept", "the run " + run_id + " is gone: " + summary.error().message);
    return;
  }
  const auto run = artifacts.load(*summary);
  if (!run) {
    referee_.violated("run_is_whole",
                      "the run " + run_id + " is in the index, but: " + run.error().message);
    return;
  }
  (void)learn(json::backtest_to_text(*run), referee_.step());
}

void Truth::check_stores(ports::CandleStore& candles, ports::ResultStore& results,
                         ports::ArtifactStore& artifacts, bool thorough) {
  // What is in the index must be whole, whether anybody was told of it or not.
  std::vector<std::string> present;
  for (std::uint64_t offset = 0;; offset += page_size) {
    const auto page = results.history(offset, page_size);
    if (!page) {
      referee_.violated("stores_readable", "the history cannot be read: " + page.error().message);
      return;
    }
    for (const auto& row : page->runs) present.push_back(row.run_id);
    if (!thorough || page->runs.size() < page_size) {
      history_read(page->total, run_ids_.size());
      break;
    }
  }
  std::set<std::string> chosen(present.begin(),
                               thorough || present.size() < runs_looked_at
                                   ? present.end()
                                   : present.begin() + std::ptrdiff_t{runs_looked_at});
  for (std::size_t i = 0; i < run_ids_.size(); ++i) {
    if (thorough || run_ids_.size() - i < runs_looked_at || (i + checks_) % runs_looked_at == 0) {
      chosen.insert(run_ids_[i]);
    }
  }
  ++checks_;
  for (const std::string& run_id : chosen) {
    check_run(run_id, results, artifacts);
    if (referee_.failed()) return;
  }
  for (std::size_t symbol = 0; symbol < minutes_.size() && !referee_.failed(); ++symbol) {
    check_candles(symbol, candles, thorough);
  }
}

void Truth::check_candles(std::size_t symbol, ports::CandleStore& candles, bool thorough) {
  const std::set<std::int64_t>& minutes = minutes_[symbol];
  if (minutes.empty()) return;
  auto first = minutes.begin();
  if (!thorough && minutes.size() > minutes_looked_at) {
    first = minutes.lower_bound(*minutes.rbegin() - std::int64_t{minutes_looked_at});
  }
  const auto loaded =
      candles.load(market_.symbols()[symbol], market::Timeframe::minute(),
                   {market_.minute_candle(symbol, *first).open_time, time::Timestamp::max()});
  const std::string& name = market_.symbols()[symbol].text();
  if (!loaded) {
    referee_.violated("candles_kept",
                      "the candles of " + name + " are gone: " + loaded.error().message);
    return;
  }
  std::size_t at = 0;
  for (auto minute = first; minute != minutes.end(); ++minute) {
    const market::Candle expected = market_.minute_candle(symbol, *minute);
    while (at < loaded->size() && loaded->open_time[at] < expected.open_time) ++at;
    if (at == loaded->size() || (*loaded)[at] != expected) {
      referee_.violated("candles_kept",
                        "the candle of " + name + " at " +
                            time::format_iso8601(expected.open_time) +
                            (at < loaded->size() && loaded->open_time[at] == expected.open_time
                                 ? " is not what was stored"
                                 : " was stored and is gone"));
      return;
    }
  }
}

void Truth::check_no_leftovers(ports::ResultStore& results, ports::ArtifactStore& artifacts) {
  const auto folders = artifacts.list();
  if (!folders) {
    referee_.violated("stores_readable",
                      "the artifacts cannot be listed: " + folders.error().message);
    return;
  }
  for (const std::string& run_id : *folders) {
    if (!results.find(run_id)) {
      referee_.violated("no_leftovers", "artifacts of " + run_id + " without a row in the index");
      return;
    }
  }
}

}  // namespace hts::simulation
