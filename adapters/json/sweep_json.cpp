#include "adapters/json/sweep_json.hpp"

#include "adapters/json/parameters_json.hpp"
#include "adapters/json/portfolio_json.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::json {
namespace {

void write_request(Writer& writer, const backtest::SweepRequest& request) {
  writer.member("strategy", request.plan.slots.front().definition->name);
  writer.key("symbols");
  writer.begin_array();
  for (const auto& symbol : request.plan.symbols) writer.value(symbol.text());
  writer.end_array();
  writer.member("by", request.trials.objective.statistic().name);
  writer.member("minimize", request.trials.objective.minimize());
}

void write_best(Writer& writer, const backtest::SweepRequest& request,
                const std::vector<backtest::TrialRow>& best) {
  const bool quick = request.trials.objective.statistic().quick;
  writer.key("best");
  writer.begin_array();
  for (const auto& row : best) {
    writer.begin_object();
    writer.member("combination", row.number);
    writer.key("params");
    write_parameters(writer, request.space.at(row.number));
    writer.key("statistics");
    writer.begin_object();
    for (const auto& statistic : backtest::ranked_statistics()) {
      if (quick && !statistic.quick) continue;
      if (statistic.name == "trades") {
        writer.member(statistic.name, row.statistics.trades);
      } else {
        writer.member(statistic.name, statistic.value(row.statistics));
      }
    }
    writer.end_object();
    writer.end_object();
  }
  writer.end_array();
}

void write_verdict(Writer& writer, const backtest::TrialResults& results,
                   const backtest::Verdict& verdict) {
  writer.key("winner");
  writer.begin_object();
  writer.key("params");
  write_parameters(writer, verdict.parameters.values());
  writer.key("statistics");
  write_portfolio_statistics(writer, verdict.statistics);
  writer.end_object();

  writer.key("sharpe");
  writer.begin_object();
  writer.member("periods", verdict.moments.periods);
  writer.member("period_sharpe", verdict.moments.sharpe);
  writer.member("skewness", verdict.moments.skewness);
  writer.member("kurtosis", verdict.moments.kurtosis);
  writer.member("probabilistic_sharpe", verdict.probabilistic_sharpe);
  writer.member("deflated_sharpe", verdict.deflated_sharpe);
  writer.member("expected_best_sharpe", verdict.expected_best_sharpe);
  writer.member("trials", results.evaluated);
  writer.member("trials_variance", results.sharpe_variance);
  writer.end_object();

  writer.key("overfitting");
  if (verdict.overfitting) {
    const auto& overfitting = *verdict.overfitting;
    writer.begin_object();
    writer.member("probability", overfitting.probability);
    writer.member("loss_probability", overfitting.loss_probability);
    writer.member("degradation_slope", overfitting.degradation_slope);
    writer.member("trials", overfitting.trials);
    writer.member("periods", overfitting.periods);
    writer.member("blocks", overfitting.blocks);
    writer.end_object();
  } else {
    writer.value(nullptr);
  }
  writer.key("bias");
  if (verdict.bias) {
    write_bias(writer, *verdict.bias);
  } else {
    writer.value(nullptr);
  }
  writer.key("notes");
  writer.begin_array();
  for (const auto& sentence : verdict.sentences) writer.value(sentence);
  writer.end_array();
}

void write_window(Writer& writer, const backtest::WalkForwardWindow& window) {
  writer.begin_object();
  writer.member("train_begin", window.train_begin);
  writer.member("train_end", window.train_end);
  writer.member("test_end", window.test_end);
  writer.member("train_from", time::format_iso8601(window.train_from));
  writer.member("test_from", time::format_iso8601(window.test_from));
  writer.member("test_to", time::format_iso8601(window.test_to));
  writer.member("evaluated", window.evaluated);
  writer.member("combination", window.combination);
  writer.key("params");
  write_parameters(writer, window.parameters.values());
  writer.member("objective", window.objective);
  writer.key("train");
  write_portfolio_statistics(writer, window.train);
  writer.key("test");
  write_portfolio_statistics(writer, window.test);
  writer.end_object();
}

void write_trade(Writer& writer, const backtest::PortfolioTrade& trade,
                 const backtest::PortfolioResult& result) {
  writer.begin_object();
  writer.member("symbol", result.symbols[trade.symbol].text());
  writer.member("size", trade.quantity);
  writer.member("entry_bar", trade.entry_bar);
  writer.member("exit_bar", trade.exit_bar);
  writer.member("entry_time", time::format_iso8601(trade.entry_time));
  writer.member("exit_time", time::format_iso8601(trade.exit_time));
  writer.member("entry_price", trade.entry_price);
  writer.member("exit_price", trade.exit_price);
  writer.member("pnl", trade.profit);
  writer.member("return_pct", trade.return_fraction);
  writer.end_object();
}

}  // namespace

void write_bias(Writer& writer, const backtest::BiasReport& bias) {
  writer.begin_object();
  writer.member("clean", bias.clean());
  writer.member("bars", bias.bars);
  writer.member("decisions", bias.decisions);
  if (bias.finding) {
    writer.member("bar", bias.finding->bar);
    writer.member("time", time::format_iso8601(bias.finding->time));
    writer.member("known_until", bias.finding->known_until);
    writer.member("sentence", bias.finding->sentence);
  } else {
    for (const char* name : {"bar", "time", "known_until", "sentence"}) {
      writer.member(name, nullptr);
    }
  }
  writer.end_object();
}

std::string sweep_to_text(const backtest::SweepRequest& request,
                          const backtest::TrialResults& results, const backtest::Verdict& verdict) {
  std::string text;
  Writer writer(text);
  writer.begin_object();
  write_request(writer, request);
  writer.member("combinations", results.combinations);
  writer.member("evaluated", results.evaluated);
  writer.member("refused", results.refused);
  if (results.first_refusal.empty()) {
    writer.member("first_refusal", nullptr);
  } else {
    writer.member("first_refusal", results.first_refusal);
  }
  write_best(writer, request, results.best);
  write_verdict(writer, results, verdict);
  writer.end_object();
  return text;
}

std::string walk_forward_to_text(const backtest::WalkForwardRequest& request,
                                 const backtest::WalkForwardResult& result) {
  std::string text;
  Writer writer(text);
  writer.begin_object();
  write_request(writer, request.sweep);
  writer.member("anchored", request.anchored);
  writer.member("train_bars", request.train_bars);
  writer.member("test_bars", request.test_bars);
  writer.key("windows");
  writer.begin_array();
  for (const auto& window : result.windows) write_window(writer, window);
  writer.end_array();
  writer.key("statistics");
  write_portfolio_statistics(writer, result.statistics);
  writer.member("efficiency_ratio", result.efficiency_ratio);
  const auto& tested = result.out_of_sample;
  writer.key("trades");
  writer.begin_array();
  for (const auto& trade : tested.trades) write_trade(writer, trade, tested);
  writer.end_array();
  writer.key("equity");
  writer.begin_array();
  for (const double equity : tested.equity) writer.value(equity);
  writer.end_array();
  writer.key("time");
  writer.begin_array();
  for (const auto bar : tested.time) writer.value(time::format_iso8601(bar));
  writer.end_array();
  writer.end_object();
  return text;
}

}  // namespace hts::json
