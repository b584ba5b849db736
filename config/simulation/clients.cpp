#include "config/simulation/clients.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace hts::simulation {
namespace {

/// The longest deadline of the API's own questions is that of a run, 60 s in these requests.
constexpr std::chrono::seconds patience{75};
constexpr int ok = 200;
constexpr std::chrono::milliseconds longest_breath{20};

/// Averages so short that the account trades in a few months, and rules that make it trade in many
/// ways.
void make_portfolio(Dice& dice, backtest::RawBacktestRequest& raw) {
  raw.mode = "portfolio";
  raw.strategy = "sma_cross";
  raw.params = {{"fast", dice.between(std::int64_t{2}, 4)},
                {"slow", dice.between(std::int64_t{5}, 9)}};
  raw.portfolio = {{"profile", dice.one_of({"hts", "backtesting.py"})},
                   {"cash", "10000000"},
                   {"commission", "0.001"},
                   {"lot", "0.0001"},
                   {"direction", dice.one_of({"long", "short", "both"})},
                   {"size", dice.one_of({"all-in", "percent:25"})},
                   {"stop_loss", dice.one_of({"0", "0.01"})},
                   {"intrabar", dice.one_of({"pessimistic", "both"})}};
}

std::vector<KnownBacktest> draw_backtests(Dice& dice, const Truth& truth,
                                          const std::vector<market::Symbol>& symbols,
                                          time::Timestamp begin) {
  constexpr std::size_t kinds = 4;
  std::vector<KnownBacktest> backtests;
  for (std::size_t i = 0; i < kinds; ++i) {
    backtest::RawBacktestRequest raw;
    raw.strategy = dice.one_of({"volume_zone_breakout", "volume_long_candle"});
    if (dice.chance(0.5)) make_portfolio(dice, raw);
    for (const auto& symbol : symbols) {
      if (dice.chance(0.6)) raw.symbols.push_back(symbol.text());
    }
    if (raw.symbols.empty()) raw.symbols.push_back(symbols.front().text());
    const auto first = begin - std::chrono::days{dice.between(std::int64_t{30}, 150)};
    raw.start_date = time::format_kst_date(first);
    raw.end_date = time::format_kst_date(begin - std::chrono::days{5});
    backtests.push_back(truth.make_backtest(raw));
  }
  return backtests;
}

std::uint64_t total_in(std::string_view text) {
  constexpr std::string_view mark = "\"total\":";
  const auto at = text.find(mark);
  std::uint64_t total = 0;
  if (at == std::string_view::npos) return total;
  for (const char c : text.substr(at + mark.size())) {
    if (c < '0' || c > '9') break;
    total = total * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return total;
}

}  // namespace

Clients::Clients(const Plan& plan, Dice dice, Referee& referee, Truth& truth)
    : plan_(plan),
      dice_(dice),
      referee_(referee),
      truth_(truth),
      backtests_(draw_backtests(dice_, truth, truth.market().symbols(), truth.market().begin())) {}

void Clients::meet(DaemonLife& life, Events& events) {
  life_ = &life;
  for (std::size_t i = 0; i < plan_.clients; ++i) schedule(events);
  polls_open_ = 0;
  schedule_poll(events);
}

void Clients::schedule_poll(Events& events) {
  if (plan_.poll_period == time::Duration{0}) return;
  events.at(life_->now() + plan_.poll_period, [this, &events, generation = generation_] {
    if (generation == generation_) poll(events);
  });
}

/// A dashboard does not wait for one answer before it asks again, up to a limit.
void Clients::poll(Events& events) {
  constexpr std::size_t most_open = 8;
  schedule_poll(events);
  if (polls_open_ == most_open) return;
  ++polls_open_;
  ++requests_;
  (void)life_->request({"GET", "/api/scheduler/status", {}}, patience,
                       [this, generation = generation_](const http::Response& response) {
                         if (generation != generation_) return;
                         --polls_open_;
                         ++answers_[response.status];
                         check_status("polling the queue", response, false);
                       });
}

void Clients::schedule(Events& events) {
  if (life_ == nullptr) return;
  // Now several questions in one breath, now a pause.
  const auto pause = dice_.chance(plan_.burst_rate)
                         ? dice_.between(time::Duration{0}, longest_breath)
                         : dice_.between(time::Duration{0}, 2 * plan_.think_time);
  events.at(life_->now() + pause, [this, &events, generation = generation_] {
    if (generation == generation_) act(events);
  });
}

void Clients::act(Events& events) {
  if (dice_.chance(plan_.nonsense_rate)) return talk_nonsense(events);
  const std::size_t choice = dice_.below(100);
  const bool has_runs = !truth_.run_ids().empty();
  if (choice < 35) return run_backtest(events);
  if (choice < 50 && has_runs) return read_run(events);
  if (choice < 58) return read_latest(events);
  if (choice < 68) return read_history(events);
  if (choice < 72 && has_runs) return download(events);
  if (choice < 82 && has_runs) return flag(events);
  look_around(events);
}

void Clients::ask(Events& events, const ClientRequest& request,
                  std::function<void(const http::Response&, std::uint64_t asked_at)> on_answer) {
  ++requests_;
  const bool leaves = dice_.chance(plan_.disconnect_rate);
  const auto exchange =
      life_->request(request, patience,
                     [this, &events, asked_at = referee_.step(),
                      on_answer = std::move(on_answer)](const http::Response& response) {
                       ++answers_[response.status];
                       on_answer(response, asked_at);
                       schedule(events);
                     });
  if (!leaves || exchange->answered()) return;
  const auto after = dice_.between(time::Duration{0}, time::Duration{patience});
  events.at(life_->now() + after, [this, &events, exchange, generation = generation_] {
    if (generation != generation_ || exchange->answered()) return;
    exchange->leave();
    schedule(events);
  });
}

void Clients::check_status(const std::string& what, const http::Response& response,
                           bool may_be_missing) {
  constexpr int missing = 404;
  constexpr int failed = 500;
  constexpr int unavailable = 503;
  constexpr int timed_out = 504;
  const int status = response.status;
  const bool disk_may_fail =
      plan_.disk_error_rate > 0 || plan_.short_write_rate > 0 || plan_.disk_crash_rate > 0;
  if (status == ok || status == unavailable || status == timed_out) return;
  if (status == failed && disk_may_fail) return;
  if (status == missing && may_be_missing) return;
  referee_.violated("good_request_served",
                    what + " was answered " + std::to_string(status) + ": " + response.content());
}

void Clients::run_backtest(Events& events) {
  const KnownBacktest& backtest = backtests_[dice_.below(backtests_.size())];
  const bool fresh = dice_.chance(0.5);
  const std::string body = fresh ? "{\"fresh\":true," + backtest.body.substr(1) : backtest.body;
  ask(events, {"POST", "/api/backtests/run", body},
      [this, &backtest, fresh](const http::Response& response, std::uint64_t asked_at) {
        check_status("a backtest", response, false);
        if (response.status == ok) {
          truth_.run_answered(backtest, response.content(), asked_at, fresh);
        }
      });
}

void Clients::read_run(Events& events) {
  const std::string run_id = truth_.run_ids()[dice_.below(truth_.run_ids().size())];
  ask(events, {"GET", "/api/backtests/" + run_id, {}},
      [this, run_id](const http::Response& response, std::uint64_t asked_at) {
        if (response.status == 404) truth_.run_denied(run_id);
        check_status("reading a run", response, false);
        if (response.status == ok) truth_.run_read(response.content(), asked_at);
      });
}

void Clients::read_latest(Events& events) {
  const bool has_runs = !truth_.run_ids().empty();
  ask(events, {"GET", "/api/backtests/latest", {}},
      [this, has_runs](const http::Response& response, std::uint64_t asked_at) {
        check_status("reading the latest run", response, !has_runs);
        if (response.status == ok) truth_.run_read(response.content(), asked_at);
      });
}

void Clients::read_history(Events& events) {
  const std::size_t known = truth_.run_ids().size();
  const std::string target = "/api/backtests/history?limit=" + std::to_string(1 + dice_.below(20)) +
                             "&offset=" + std::to_string(dice_.below(known + 2));
  ask(events, {"GET", target, {}}, [this, known](const http::Response& response, std::uint64_t) {
    check_status("reading the history", response, false);
    if (response.status == ok) truth_.history_read(total_in(response.content()), known);
  });
}

void Clients::download(Events& events) {
  const std::string run_id = truth_.run_ids()[dice_.below(truth_.run_ids().size())];
  const std::string target = "/api/backtests/" + run_id + "/download?format=csv";
  ask(events, {"GET", target, {}}, [this](const http::Response& response, std::uint64_t) {
    check_status("downloading a run", response, false);
  });
}

void Clients::flag(Events& events) {
  const std::string run_id = truth_.run_ids()[dice_.below(truth_.run_ids().size())];
  const std::string symbol = truth_.symbol_of(run_id, dice_.draw());
  const bool value = dice_.chance(0.5);
  if (!truth_.flag_asked(run_id, symbol, value)) return look_around(events);
  const std::string body = std::string{"{\"is_active\":"} + (value ? "true}" : "false}");
  ask(events, {"PATCH", "/api/backtests/" + run_id + "/symbols/" + symbol, body},
      [this, run_id, symbol, value](const http::Response& response, std::uint64_t) {
        check_status("flagging a symbol", response, false);
        truth_.flag_answered(run_id, symbol, value, response.status == ok);
      });
}

void Clients::look_around(Events& events) {
  const char* target =
      dice_.one_of({"/health", "/", "/api/strategies", "/api/scheduler/status",
                    "/api/data/inventory", "/api/actors", "/metrics", "/api/health"});
  ask(events, {"GET", target, {}}, [this, target](const http::Response& response, std::uint64_t) {
    check_status(target, response, false);
  });
}

std::vector<ClientRequest> Clients::one_of_each() const {
  std::vector<ClientRequest> requests;
  // More backtests than there are workers: none of those may have been lost.
  for (std::size_t i = 0; i < plan_.workers + 2; ++i) {
    requests.push_back({"POST", "/api/backtests/run", backtests_[i % backtests_.size()].body});
  }
  for (const char* target : {"/api/backtests/latest", "/api/backtests/history",
                             "/api/data/inventory", "/api/scheduler/status", "/health"}) {
    requests.push_back({"GET", target, {}});
  }
  if (!truth_.run_ids().empty()) {
    requests.push_back({"GET", "/api/backtests/" + truth_.run_ids().front(), {}});
  }
  return requests;
}

void Clients::talk_nonsense(Events& events) {
  const auto request = dice_.one_of<ClientRequest>({
      {"POST", "/api/backtests/run", "{\"strategy\":"},
      {"POST", "/api/backtests/run", "{\"strategy\":\"buy_high\",\"symbols\":[\"BTC_KRW\"]}"},
      {"POST", "/api/backtests/run",
       R"({"strategy":"volume_long_candle","symbols":["NO_KRW"],"start_date":"2020-01-01","end_date":"2020-02-01"})"},
      {"POST", "/api/backtests/run",
       R"({"strategy":"volume_long_candle","symbols":["BTC_KRW"],"start_date":"2020-02-01","end_date":"2020-01-01"})"},
      {"GET", "/api/backtests/not-a-run", {}},
      {"GET", "/api/backtests/00000000-0000-4000-8000-000000000000", {}},
      {"DELETE", "/api/backtests/latest", {}},
      {"GET", "/no/such/page", {}},
      {"GET", "/api/backtests/history?limit=many", {}},
      {"G\x01T", "/", {}},
      {"GET", "no-slash", {}},
  });
  const std::string title = request.method + " " + request.target + " " + request.body;
  ask(events, request, [this, title](const http::Response& response, std::uint64_t) {
    if (response.status < 400) {
      referee_.violated("nonsense_refused",
                        title + " was answered " + std::to_string(response.status));
    }
  });
}

}  // namespace hts::simulation
