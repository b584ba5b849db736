#include "config/simulation/live_watch.hpp"

#include <algorithm>
#include <utility>

namespace hts::simulation {
namespace {

using paper::PaperEvent;
using paper::PaperEventKind;

constexpr std::string_view notice_mark = "notice:";
constexpr std::string_view failure_mark = "channel_failed:";

std::string name_of(const PaperEvent& event) {
  return "event " + std::to_string(event.number) + " of " + time::format_iso8601(event.time);
}

/// The positions that are open after so many events.
std::set<std::string> open_after(const std::vector<PaperEvent>& events, std::size_t count) {
  std::set<std::string> open;
  for (std::size_t i = 0; i < count; ++i) {
    if (events[i].kind == PaperEventKind::position_opened) open.insert(events[i].position_id);
    if (events[i].kind == PaperEventKind::position_closed) open.erase(events[i].position_id);
  }
  return open;
}

}  // namespace

void LiveWatch::commit_asked(const ports::LedgerCommit& commit) {
  Session& session = sessions_[commit.session_id];
  if (!session.is_stored) {
    referee_.violated("ledger_goes_on", "events of a session that was never begun");
  }
  for (const PaperEvent& event : commit.events) {
    if (event.number <= session.events.size()) {
      if (session.events[event.number - 1] != event) {
        referee_.violated("ledger_goes_on", name_of(event) + " is stored already, and another one");
      }
      continue;
    }
    const std::uint64_t next = session.events.size() + session.tried.size() + 1;
    if (event.number == session.events.size() + 1) {
      session.tried.clear();
      session.tried_alerts.clear();
    } else if (event.number != next) {
      referee_.violated("ledger_goes_on",
                        name_of(event) + " follows event " + std::to_string(next - 1));
    }
    session.tried.push_back(event);
  }
  for (const ports::Alert& alert : commit.alerts) session.tried_alerts.insert(alert.id);
  check_alerts(commit);
}

/// People hear of every position: with its event its alert becomes durable.
void LiveWatch::check_alerts(const ports::LedgerCommit& commit) {
  for (const PaperEvent& event : commit.events) {
    if (event.kind != PaperEventKind::position_opened &&
        event.kind != PaperEventKind::position_closed) {
      continue;
    }
    const std::string id = commit.session_id + ":" + std::to_string(event.number);
    if (std::ranges::find(commit.alerts, id, &ports::Alert::id) == commit.alerts.end()) {
      referee_.violated("alert_with_event", name_of(event) + " is committed without its alert");
    }
  }
}

void LiveWatch::committed(const ports::LedgerCommit& commit) {
  Session& session = sessions_[commit.session_id];
  for (const PaperEvent& event : commit.events) {
    if (event.number == session.events.size() + 1) session.events.push_back(event);
  }
  session.tried.clear();
  session.tried_alerts.clear();
  for (const ports::Alert& alert : commit.alerts) alerts_.insert(alert.id);
}

void LiveWatch::session_put(const std::string& id) {
  Session& session = sessions_[id];
  if (!std::exchange(session.is_stored, true)) newest_ = id;
}

void LiveWatch::events_read(const std::string& id, std::uint64_t first,
                            const std::vector<PaperEvent>& events) {
  Session& session = sessions_[id];
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::uint64_t number = first + i;
    const PaperEvent* known = nullptr;
    if (number <= session.events.size()) {
      known = &session.events[number - 1];
    } else if (number - session.events.size() <= session.tried.size()) {
      known = &session.tried[number - session.events.size() - 1];
    }
    if (known == nullptr || *known != events[i]) {
      referee_.violated(
          "ledger_kept",
          name_of(events[i]) + (known == nullptr ? " was never committed" : " is not what it was"));
      return;
    }
  }
}

void LiveWatch::learn_anew(const std::string& id, const std::vector<PaperEvent>& stored) {
  Session& session = sessions_[id];
  events_read(id, 1, stored);
  if (stored.size() < session.events.size()) {
    referee_.violated("ledger_kept", "the session " + id + " has " + std::to_string(stored.size()) +
                                         " events of the " + std::to_string(session.events.size()) +
                                         " that were stored");
  } else if (stored.size() > session.events.size()) {
    if (stored.size() != session.events.size() + session.tried.size()) {
      referee_.violated("commit_is_whole", "the session " + id + " has a part of a commit");
    }
    alerts_.insert(session.tried_alerts.begin(), session.tried_alerts.end());
  } else if (session.tried.empty()) {
    // A commit of signals alone leaves no event that would tell whether it came through.
    perhaps_stored_.insert(session.tried_alerts.begin(), session.tried_alerts.end());
  }
  session.events = stored;
  session.tried.clear();
  session.tried_alerts.clear();
}

void LiveWatch::append_asked(const std::vector<ports::TailBar>& bars, time::Timestamp now) {
  for (const ports::TailBar& bar : bars) {
    for (const ports::Alert& alert : bar.alerts) {
      // A bar that comes after it is not stored without it, whatever becomes of the answer.
      noted(alert);
      perhaps_stored_.insert(alert.id);
    }
    for (const auto& [symbol, candle] : bar.candles) {
      if (candle.open_time + market::Timeframe::minute().length() > now) {
        referee_.violated("candle_after_close", "the candle of " + symbol.text() + " at " +
                                                    time::format_iso8601(candle.open_time) +
                                                    " is stored before its close");
      }
      const auto known = candles_.find({symbol.text(), candle.open_time});
      if (known != candles_.end() && known->second != candle) {
        referee_.violated("live_candle_kept", "the candle of " + symbol.text() + " at " +
                                                  time::format_iso8601(candle.open_time) +
                                                  " is stored already, and another one");
      }
    }
  }
}

void LiveWatch::appended(const std::vector<ports::TailBar>& bars) {
  for (const ports::TailBar& bar : bars) {
    for (const ports::Alert& alert : bar.alerts) alerts_.insert(alert.id);
    for (const auto& [symbol, candle] : bar.candles) {
      candles_.try_emplace({symbol.text(), candle.open_time}, candle);
    }
  }
}

void LiveWatch::announced(const paper::LivePlan& plan, const std::vector<PaperEvent>& events) {
  Session& session = sessions_[plan.session_id];
  for (const PaperEvent& event : events) {
    const bool is_stored = event.number >= 1 && event.number <= session.events.size() &&
                           session.events[event.number - 1] == event;
    if (!is_stored) {
      referee_.violated("live_event_is_durable", name_of(event) + " is announced and not stored");
    }
    if (event.number <= session.told) {
      referee_.violated("announced_once", name_of(event) + " is announced again");
    }
    session.told = event.number;
  }
}

std::uint64_t LiveWatch::told(const std::string& id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? 0 : found->second.told;
}

void LiveWatch::session_told(const std::string& id) {
  const auto found = sessions_.find(id);
  if (found != sessions_.end() && found->second.is_stored) return;
  referee_.violated("live_event_is_durable",
                    "an answer names the session " + id + ", which is not stored");
}

bool LiveWatch::knows_event(PaperEventKind kind, const std::string& position_id) const {
  return std::ranges::any_of(sessions_, [&](const auto& known) {
    return std::ranges::any_of(known.second.events, [&](const PaperEvent& event) {
      return event.kind == kind && event.position_id == position_id;
    });
  });
}

void LiveWatch::open_position_told(const std::string& position_id) {
  if (knows_event(PaperEventKind::position_opened, position_id)) return;
  referee_.violated("live_event_is_durable",
                    "an answer names the position " + position_id + ", which is not stored");
}

void LiveWatch::closed_position_told(const std::string& position_id) {
  if (knows_event(PaperEventKind::position_closed, position_id)) return;
  referee_.violated("live_event_is_durable",
                    "an answer tells the trade of " + position_id + ", whose end is not stored");
}

void LiveWatch::positions_told(const std::string& id, const std::set<std::string>& positions,
                               std::uint64_t told_before) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return session_told(id);
  // The answer is put together of two: the next session may have begun between them.
  if (id != newest_) return;
  const auto& events = found->second.events;
  for (std::size_t count = std::min<std::size_t>(told_before, events.size());
       count <= events.size(); ++count) {
    if (open_after(events, count) == positions) return;
  }
  referee_.violated("positions_kept",
                    "an answer tells " + std::to_string(positions.size()) +
                        " open positions, which at no time since the question were those stored");
}

void LiveWatch::delivered(const ports::Alert& alert) {
  ++deliveries_;
  delivered_.insert(alert.id);
  if (alert.id.starts_with(notice_mark) || alert.id.starts_with(failure_mark)) return;
  if (alert.id.find(":broken:") != std::string::npos || alerts_.contains(alert.id)) return;
  if (perhaps_stored_.contains(alert.id)) return;
  const bool is_tried = std::ranges::any_of(
      sessions_, [&](const auto& known) { return known.second.tried_alerts.contains(alert.id); });
  if (is_tried) return;
  referee_.violated("live_event_is_durable",
                    "the alert " + alert.id + " goes out, and what it tells of is not stored");
}

std::vector<std::string> LiveWatch::undelivered_alerts() const {
  std::vector<std::string> left;
  std::ranges::set_difference(alerts_, delivered_, std::back_inserter(left));
  return left;
}

void LiveWatch::noted(const ports::Alert& alert) {
  constexpr std::string_view from_mark = " minutes from ";
  constexpr std::string_view to_mark = " to ";
  constexpr std::string_view end_mark = " of ";
  if (alert.kind != "feed_gap") return;
  const auto from = alert.text.find(from_mark);
  const auto to = alert.text.find(to_mark, from);
  const auto end = alert.text.find(end_mark, to);
  if (from == std::string::npos || to == std::string::npos || end == std::string::npos) return;
  const auto cut = [&](std::size_t begin, std::size_t stop) {
    return time::parse_iso8601(std::string_view{alert.text}.substr(begin, stop - begin));
  };
  const auto begins = cut(from + from_mark.size(), to);
  const auto ends = cut(to + to_mark.size(), end);
  if (begins && ends) told_gaps_.push_back({*begins, *ends});
}

bool LiveWatch::told_missing(time::Timestamp minute) const {
  return std::ranges::any_of(told_gaps_, [&](const auto& gap) { return gap.contains(minute); });
}

result::Status WatchedLedger::put_session(const ports::SessionRecord& session) {
  auto outcome = store_.put_session(session);
  if (outcome) watch_.session_put(session.session_id);
  return outcome;
}

result::Status WatchedLedger::commit(const std::vector<ports::LedgerCommit>& commits) {
  for (const ports::LedgerCommit& commit : commits) watch_.commit_asked(commit);
  auto outcome = store_.commit(commits);
  if (outcome) {
    for (const ports::LedgerCommit& commit : commits) watch_.committed(commit);
  }
  return outcome;
}

result::Result<std::vector<PaperEvent>> WatchedLedger::events(const std::string& session_id,
                                                              std::uint64_t first,
                                                              std::uint64_t limit) {
  auto events = store_.events(session_id, first, limit);
  if (events) watch_.events_read(session_id, first, *events);
  return events;
}

result::Status WatchedTail::append(const std::vector<ports::TailBar>& bars) {
  watch_.append_asked(bars, now_());
  auto outcome = store_.append(bars);
  if (outcome) watch_.appended(bars);
  return outcome;
}

result::Status WatchedOutbox::add(const std::vector<ports::Alert>& alerts) {
  auto outcome = store_.add(alerts);
  if (outcome) {
    for (const ports::Alert& alert : alerts) watch_.noted(alert);
  }
  return outcome;
}

result::Status Pager::deliver(const ports::AlertMessage& message) {
  const auto unreachable = [] {
    return result::make_error(result::ErrorCode::unavailable, "The simulated pager is away.");
  };
  if (dice_.chance(failure_rate_)) return unreachable();
  for (const ports::Alert& alert : message.alerts) watch_.delivered(alert);
  if (dice_.chance(failure_rate_)) return unreachable();
  return result::success();
}

}  // namespace hts::simulation
