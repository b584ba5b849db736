#include "adapters/cli/indicators_command.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <string_view>
#include <utility>

#include "adapters/cli/listing.hpp"
#include "adapters/cli/progress_bar.hpp"
#include "adapters/cli/text_table.hpp"
#include "adapters/csv/candle_import.hpp"
#include "adapters/json/indicator_json.hpp"
#include "engine/indicators/indicator_definition.hpp"
#include "engine/indicators/warm_up.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using indicators::IndicatorDefinition;
using result::Result;

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

/// "macd(fast=12, slow=26): macd, signal"; a single output needs no mention.
std::string signature(const IndicatorDefinition& definition) {
  std::vector<std::string> parameters;
  for (const auto& parameter : definition.schema) {
    parameters.push_back(parameter.name + "=" + parameters::to_text(parameter.default_value));
  }
  const bool single = definition.outputs.size() == 1;
  return definition.name + "(" + joined(parameters) + ")" +
         (single ? "" : ": " + joined(definition.outputs));
}

void print_all(const std::vector<IndicatorDefinition>& definitions, std::ostream& out) {
  std::string_view group;
  for (const auto& definition : definitions) {
    if (group != indicators::group_name(definition.group)) {
      group = indicators::group_name(definition.group);
      out << group << "\n";
    }
    out << "  " << signature(definition) << "\n";
  }
  out << "\n"
      << definitions.size() << " indicators; 'hts indicators list NAME' explains one of them.\n";
}

void print_one(const IndicatorDefinition& definition, std::ostream& out) {
  out << definition.name << ": " << definition.title << "\n"
      << definition.help << "\nOutputs: " << joined(definition.outputs) << "\n\n";
  if (definition.schema.empty()) {
    out << "It has no parameters.\n";
    return;
  }
  print_parameters(definition.schema, out);
}

Result<parameters::Parameters> read_parameters(const IndicatorDefinition& definition,
                                               const options::variables_map& values) {
  std::vector<parameters::NamedValue> given;
  if (values.count("param") > 0) {
    for (const auto& assignment : values["param"].as<std::vector<std::string>>()) {
      auto parameter = parameters::parse_assignment(assignment);
      if (!parameter) return std::move(parameter).error();
      given.push_back(std::move(parameter).value());
    }
  }
  return indicators::resolve(definition, given);
}

Result<csv::CandleFile> read_file(const std::string& path, CommandEnvironment& environment) {
  ProgressBar bar(environment.err, environment.terminal);
  csv::ReadOptions read_options;
  read_options.cancelled = environment.interrupted;
  read_options.progress = [&](const csv::ReadProgress& progress) {
    bar.show("reading " + path, progress.done, progress.total);
  };
  auto file = csv::read_candles(path, read_options);
  bar.erase();
  return file;
}

/// Prices of a coin may be 1e-8 or 1e8: seven significant digits, without an exponent.
std::string value_text(double value) {
  if (!indicators::has_value(value)) return "";
  if (value == 0) return "0";
  const int digits = 6 - static_cast<int>(std::floor(std::log10(std::abs(value))));
  return fixed(value, std::clamp(digits, 0, 12));
}

void print_last_rows(const IndicatorDefinition& definition, const market::CandleSeries& candles,
                     const std::vector<std::vector<double>>& columns, std::size_t rows,
                     std::ostream& out) {
  std::vector<std::string> header = {"time (UTC)", "close"};
  header.insert(header.end(), definition.outputs.begin(), definition.outputs.end());
  TextTable table(std::move(header));
  for (std::size_t i = candles.size() - std::min(rows, candles.size()); i < candles.size(); ++i) {
    std::vector<std::string> row = {time::format_minute(candles.open_time[i]),
                                    value_text(candles.close[i])};
    for (const auto& column : columns) row.push_back(value_text(column[i]));
    table.add(std::move(row));
  }
  table.print(out);
}

}  // namespace

int run_indicators_list(const std::vector<std::string>& arguments,
                        CommandEnvironment& environment) {
  const CommandHelp help{"indicators list", "hts indicators list [NAME] [--json]",
                         "Lists the indicators with their parameters, defaults and outputs.",
                         "hts indicators list macd"};
  const auto parsed = parse_listing(help, "indicator", arguments, environment);
  if (parsed.finished) return *parsed.finished;

  const IndicatorDefinition* only = nullptr;
  if (parsed.values.count("name") > 0) {
    auto found = indicators::find_indicator(parsed.values["name"].as<std::string>());
    if (!found) return report(found.error(), environment, exit_usage);
    only = *found;
  }
  if (parsed.values.count("json") > 0) {
    std::string text;
    json::Writer writer(text, json::Layout::pretty);
    json::write_indicators(writer, only != nullptr ? std::vector<IndicatorDefinition>{*only}
                                                   : indicators::builtin_indicators());
    environment.out << text << "\n";
  } else if (only != nullptr) {
    print_one(*only, environment.out);
  } else {
    print_all(indicators::builtin_indicators(), environment.out);
  }
  return exit_success;
}

int run_indicators_compute(const std::vector<std::string>& arguments,
                           CommandEnvironment& environment) {
  const CommandHelp help{
      "indicators compute", "hts indicators compute NAME --candles FILE [options]",
      "Computes an indicator over a candle file and prints the last rows, or all as JSON.",
      "hts indicators compute rsi --candles KRW-BTC_1d.csv --param period=14 --json"};
  options::options_description described("Options");
  described.add_options()("name", options::value<std::string>()->required(),
                          "(argument) name of the indicator")(
      "candles", options::value<std::string>()->required(), "candle file (CSV or Upbit's JSON)")(
      "param", options::value<std::vector<std::string>>(), "key=value, once for each parameter")(
      "rows", options::value<std::uint32_t>()->default_value(20), "how many of the last rows")(
      "json", "print all values as JSON, null while warming up");
  options::positional_options_description positional;
  positional.add("name", 1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;

  auto found = indicators::find_indicator(values["name"].as<std::string>());
  if (!found) return report(found.error(), environment, exit_usage);
  const IndicatorDefinition& definition = **found;
  auto parameters = read_parameters(definition, values);
  if (!parameters) return report(parameters.error(), environment, exit_usage);
  auto file = read_file(values["candles"].as<std::string>(), environment);
  if (!file) return report(file.error(), environment);

  const auto columns = indicators::compute(definition, *parameters, file->series.view());
  if (values.count("json") > 0) {
    std::string text;
    json::Writer writer(text);
    json::write_indicator_columns(writer, definition, *parameters, columns);
    environment.out << text << "\n";
  } else {
    print_last_rows(definition, file->series, columns, values["rows"].as<std::uint32_t>(),
                    environment.out);
  }
  return exit_success;
}

}  // namespace hts::cli
