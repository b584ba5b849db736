#include <string>
#include <utility>

#include "engine/backtest/portfolio/portfolio_options.hpp"
#include "engine/backtest/portfolio/setting_names.hpp"

namespace hts::backtest {

std::vector<NamedText> portfolio_texts(const PortfolioOptions& options) {
  const PortfolioSettings& settings = options.settings;
  std::vector<NamedText> texts;
  const auto text = [&](std::string_view name, std::string value) {
    texts.push_back({std::string{name}, std::move(value)});
  };
  const auto digits = [](double value) { return parameters::to_text(value); };
  const auto number = [&](std::string_view name, double value) { text(name, digits(value)); };
  const auto lots = [&](std::string_view name, double trading::LotRule::* member) {
    number(name, settings.lot.*member);
    for (const auto& [symbol, lot] : options.lots) {
      text(name, symbol.text() + "=" + digits(lot.*member));
    }
  };

  text("profile", options.profile);
  number("cash", settings.cash);
  number("maker_fee", settings.fees.maker_rate);
  number("taker_fee", settings.fees.taker_rate);
  number("min_fee", settings.fees.minimum);
  for (const auto& tier : settings.fees.tiers) {
    text("fee_tier",
         digits(tier.traded_value) + ":" + digits(tier.maker_rate) + ":" + digits(tier.taker_rate));
  }
  const auto& [model, slip] = settings.slippage;
  text("slippage",
       std::string{name_of(slippage_models, model)} +
           (model == trading::Slippage::Model::none ? std::string{} : ":" + digits(slip)));
  const auto& [rule, size] = settings.sizing;
  text("size", std::string{name_of(sizing_rules, rule)} +
                   (rule == trading::Sizing::Rule::all_in ? std::string{} : ":" + digits(size)));
  lots("lot", &trading::LotRule::step);
  lots("lot_minimum", &trading::LotRule::minimum_quantity);
  lots("minimum_value", &trading::LotRule::minimum_value);
  text("fill_at", std::string{name_of(fill_moments, settings.fill_at)});
  text("direction", std::string{name_of(directions, settings.direction)});
  number("stop_loss", settings.protection.stop_loss);
  number("take_profit", settings.protection.take_profit);
  number("trailing_stop", settings.protection.trailing_stop);
  text("intrabar", options.both_intrabar                        ? "both"
                   : settings.intrabar == Intrabar::pessimistic ? "pessimistic"
                                                                : "optimistic");
  number("volume_share", settings.volume_share);
  number("leverage", settings.leverage);
  number("maintenance_margin", settings.maintenance_margin);
  text("max_positions", std::to_string(settings.risk.max_positions));
  number("daily_loss_limit", settings.risk.daily_loss_limit_pct);
  number("max_slippage", settings.risk.max_slippage_pct);
  // Not named where there is none: fingerprints of runs from before the rule stay what they are.
  if (settings.risk.max_exposure_pct > 0) number("max_exposure", settings.risk.max_exposure_pct);
  number("risk_free_rate", settings.risk_free_rate);
  return texts;
}

}  // namespace hts::backtest
