#include "config/schedule/daily_report.hpp"

#include <string>

#include "engine/json/json_writer.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::config {
namespace {

constexpr std::size_t most_listed = 20;

std::string amount(double value) {
  return parameters::to_text(value);
}

std::string session_text(const actors::SessionStatus& session) {
  std::string text = "Session " + session.session_id + " is " +
                     (session.is_running ? "running" : "stopped") + ", " +
                     std::to_string(session.bars) + " bars";
  if (session.bars > 0) text += " up to " + time::format_minute(session.up_to) + " UTC";
  text += ". Equity " + amount(session.equity) + ", cash " + amount(session.cash) + ", realized " +
          amount(session.realized_profit) + ", unrealized " + amount(session.unrealized_profit) +
          ", fees " + amount(session.fees) + ", " + std::to_string(session.fills) + " fills.";
  if (session.is_halted) text += " HALTED: " + session.halt_reason;
  return text;
}

std::string positions_text(const std::vector<actors::LivePosition>& positions) {
  if (positions.empty()) return " No position is open.";
  std::string text = " " + std::to_string(positions.size()) + " open: ";
  for (std::size_t i = 0; i < positions.size() && i < most_listed; ++i) {
    const actors::LivePosition& position = positions[i];
    text += std::string{i == 0 ? "" : "; "} + position.symbol.text() + " " +
            (position.side == trading::Side::buy ? "long" : "short") + " " +
            position.quantity.text() + " at " + position.entry_price.text() + ", now " +
            position.current_price.text() + " (" + position.unrealized_profit.text() + ")";
  }
  if (positions.size() > most_listed) text += "; and more";
  return text + ".";
}

std::string details_of(const actors::SessionStatus& session, std::size_t open) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("session_id", session.session_id);
  writer.member("is_running", session.is_running);
  writer.member("is_halted", session.is_halted);
  writer.member("equity", session.equity);
  writer.member("cash", session.cash);
  writer.member("realized_pnl", session.realized_profit);
  writer.member("unrealized_pnl", session.unrealized_profit);
  writer.member("fees", session.fees);
  writer.member("fills", session.fills);
  writer.member("open_positions", open);
  writer.end_object();
  return text;
}

}  // namespace

actors::Notice daily_report(const prometheus::LiveReadings& live) {
  actors::Notice notice;
  notice.kind = "report";
  notice.subject = "Daily report";
  if (!live.session || live.session->session_id.empty()) {
    notice.text = "There is no paper session.";
    return notice;
  }
  notice.text = session_text(*live.session) + positions_text(live.positions);
  notice.details = details_of(*live.session, live.positions.size());
  return notice;
}

}  // namespace hts::config
