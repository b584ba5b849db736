#include "engine/paper/plan_document.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/backtest/portfolio/portfolio_options.hpp"
#include "engine/json/json_text.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::paper {
namespace {

using parameters::NamedValue;
using parameters::Parameters;
using result::Result;

constexpr std::size_t longest_document = std::size_t{64} << 20U;

std::int64_t ticks(time::Timestamp at) {
  return at.time_since_epoch().count();
}

void write_parameters(json::Writer& writer, const Parameters& parameters) {
  writer.begin_object();
  for (const auto& [name, value] : parameters.values()) {
    writer.key(name);
    std::visit([&](const auto& held) { writer.value(held); }, value);
  }
  writer.end_object();
}

void write_slot(json::Writer& writer, const LiveSlot& slot) {
  writer.begin_object();
  writer.member("instrument", slot.instrument);
  writer.member("timeframe", slot.timeframe.name());
  writer.member("strategy", slot.strategy);
  writer.key("params");
  write_parameters(writer, slot.parameters);
  writer.member("is_enabled", slot.is_enabled);
  writer.member("warmed_from_ns", ticks(slot.warmed_from));
  writer.key("earlier");
  writer.begin_array();
  for (const EarlierSlot& earlier : slot.earlier) {
    writer.begin_object();
    writer.key("params");
    write_parameters(writer, earlier.parameters);
    writer.member("is_enabled", earlier.is_enabled);
    writer.member("warmed_from_ns", ticks(earlier.warmed_from));
    writer.member("until_ns", ticks(earlier.until));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

void write_account(json::Writer& writer, const LivePlan& plan) {
  backtest::PortfolioOptions options;
  if (plan.account.backtesting_py_sizing) options.profile = "backtesting.py";
  options.settings = plan.account;
  for (const auto& [instrument, lot] : plan.lots) options.lots[plan.symbols[instrument]] = lot;
  writer.begin_array();
  for (const auto& [name, text] : backtest::portfolio_texts(options)) {
    writer.begin_array();
    writer.value(name);
    writer.value(text);
    writer.end_array();
  }
  writer.end_array();
}

/// Reads members; after one that is missing or of another type `is_sound` is false.
class Members {
 public:
  explicit Members(const boost::json::value& value) : object_(value.if_object()) {
    is_sound_ = object_ != nullptr;
  }
  [[nodiscard]] const boost::json::value* find(std::string_view name) {
    const auto* found = object_ == nullptr ? nullptr : object_->if_contains(name);
    if (found == nullptr) is_sound_ = false;
    return found;
  }
  std::string text(std::string_view name) {
    const auto* found = find(name);
    const auto* text = found == nullptr ? nullptr : found->if_string();
    if (text == nullptr) return fail(std::string{});
    return std::string{*text};
  }
  std::int64_t whole(std::string_view name) {
    const auto* found = find(name);
    const auto* number = found == nullptr ? nullptr : found->if_int64();
    return number == nullptr ? fail(std::int64_t{0}) : *number;
  }
  time::Timestamp time(std::string_view name) {
    return time::Timestamp{time::Duration{whole(name)}};
  }
  double number(std::string_view name) {
    const auto* found = find(name);
    const auto* number = found == nullptr ? nullptr : found->if_double();
    return number == nullptr ? fail(0.0) : *number;
  }
  bool flag(std::string_view name) {
    const auto* found = find(name);
    const auto* flag = found == nullptr ? nullptr : found->if_bool();
    return flag == nullptr ? fail(false) : *flag;
  }
  [[nodiscard]] const boost::json::array& array(std::string_view name) {
    static const boost::json::array nothing;
    const auto* found = find(name);
    const auto* array = found == nullptr ? nullptr : found->if_array();
    if (array == nullptr) is_sound_ = false;
    return array == nullptr ? nothing : *array;
  }
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }

 private:
  template <class Value>
  Value fail(Value nothing) {
    is_sound_ = false;
    return nothing;
  }

  const boost::json::object* object_;
  bool is_sound_ = false;
};

result::Error unreadable_plan() {
  return result::make_error(result::ErrorCode::malformed,
                            "The stored plan of the session cannot be read: restore a backup or "
                            "start a new session.",
                            "plan");
}

std::optional<parameters::ParameterValue> parameter_of(const boost::json::value& value) {
  if (const auto* flag = value.if_bool()) return *flag;
  if (const auto* whole = value.if_int64()) return *whole;
  if (const auto* number = value.if_double()) return *number;
  if (const auto* text = value.if_string()) return std::string{*text};
  return std::nullopt;
}

Result<Parameters> read_parameters(Members& members, const std::string& strategy) {
  auto definition = strategies::find_strategy(strategy);
  if (!definition) return std::move(definition).error();
  const auto* params = members.find("params");
  const auto* object = params == nullptr ? nullptr : params->if_object();
  if (object == nullptr) return unreadable_plan();
  std::vector<NamedValue> given;
  for (const auto& [name, value] : *object) {
    auto parameter = parameter_of(value);
    if (!parameter) return unreadable_plan();
    given.emplace_back(std::string{name}, std::move(*parameter));
  }
  return strategies::resolve_for(**definition, given);
}

Result<LiveSlot> read_slot(const boost::json::value& value, std::size_t symbols) {
  Members members{value};
  LiveSlot slot;
  slot.instrument = static_cast<InstrumentId>(members.whole("instrument"));
  slot.strategy = members.text("strategy");
  slot.is_enabled = members.flag("is_enabled");
  slot.warmed_from = members.time("warmed_from_ns");
  auto timeframe = market::Timeframe::parse(members.text("timeframe"));
  if (!members.is_sound() || slot.instrument >= symbols) return unreadable_plan();
  if (!timeframe) return std::move(timeframe).error();
  slot.timeframe = *timeframe;
  auto parameters = read_parameters(members, slot.strategy);
  if (!parameters) return std::move(parameters).error();
  slot.parameters = std::move(parameters).value();
  for (const auto& each : members.array("earlier")) {
    Members before{each};
    EarlierSlot& earlier = slot.earlier.emplace_back();
    earlier.is_enabled = before.flag("is_enabled");
    earlier.warmed_from = before.time("warmed_from_ns");
    earlier.until = before.time("until_ns");
    auto had = read_parameters(before, slot.strategy);
    if (!had) return std::move(had).error();
    earlier.parameters = std::move(had).value();
    if (!before.is_sound()) return unreadable_plan();
  }
  if (!members.is_sound()) return unreadable_plan();
  return slot;
}

result::Status read_account(const boost::json::array& texts, LivePlan& plan) {
  std::vector<backtest::NamedText> given;
  for (const auto& each : texts) {
    const auto* pair = each.if_array();
    const bool is_pair =
        pair != nullptr && pair->size() == 2 && pair->at(0).is_string() && pair->at(1).is_string();
    if (!is_pair) return unreadable_plan();
    given.push_back({std::string{pair->at(0).get_string()}, std::string{pair->at(1).get_string()}});
  }
  auto options = backtest::read_portfolio_options(given);
  if (!options) return std::move(options).error();
  plan.account = std::move(options->settings);
  for (std::size_t i = 0; i < plan.symbols.size(); ++i) {
    const auto own = options->lots.find(plan.symbols[i]);
    if (own != options->lots.end()) plan.lots[static_cast<InstrumentId>(i)] = own->second;
  }
  return result::success();
}

}  // namespace

std::string plan_document(const LivePlan& plan) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("session_id", plan.session_id);
  writer.member("started_at_ns", ticks(plan.started_at));
  writer.member("follows_after_ns", ticks(plan.follows_after));
  writer.key("symbols");
  writer.begin_array();
  for (const auto& symbol : plan.symbols) writer.value(symbol.text());
  writer.end_array();
  writer.key("account");
  write_account(writer, plan);
  writer.key("manual");
  writer.begin_object();
  writer.member("fee", plan.manual.fee);
  writer.member("exit_slippage", plan.manual.exit_slippage);
  writer.member("fee_on_exit", plan.manual.fee_on_exit);
  writer.end_object();
  writer.key("slots");
  writer.begin_array();
  for (const LiveSlot& slot : plan.slots) write_slot(writer, slot);
  writer.end_array();
  writer.end_object();
  return text;
}

Result<LivePlan> read_plan_document(std::string_view text) {
  auto parsed = json::parse_json(text, {longest_document, 16});
  if (!parsed) return std::move(parsed).error();
  Members members{*parsed};
  LivePlan plan;
  plan.session_id = members.text("session_id");
  plan.started_at = members.time("started_at_ns");
  plan.follows_after = members.time("follows_after_ns");
  for (const auto& each : members.array("symbols")) {
    if (!each.is_string()) return unreadable_plan();
    auto symbol = market::Symbol::parse(std::string_view{each.get_string()});
    if (!symbol) return std::move(symbol).error();
    plan.symbols.push_back(*symbol);
  }
  if (auto read = read_account(members.array("account"), plan); !read) {
    return std::move(read).error();
  }
  const auto* manual = members.find("manual");
  if (manual == nullptr) return unreadable_plan();
  Members costs{*manual};
  plan.manual.fee = costs.number("fee");
  plan.manual.exit_slippage = costs.number("exit_slippage");
  plan.manual.fee_on_exit = costs.flag("fee_on_exit");
  for (const auto& each : members.array("slots")) {
    auto slot = read_slot(each, plan.symbols.size());
    if (!slot) return std::move(slot).error();
    plan.slots.push_back(std::move(slot).value());
  }
  if (!members.is_sound() || !costs.is_sound()) return unreadable_plan();
  return plan;
}

}  // namespace hts::paper
