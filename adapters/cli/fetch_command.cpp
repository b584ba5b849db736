#include "adapters/cli/fetch_command.hpp"

#include <optional>
#include <utility>

#include "adapters/cli/import_report_text.hpp"
#include "adapters/cli/progress_bar.hpp"
#include "adapters/cli/replace_all.hpp"
#include "adapters/cli/text_table.hpp"
#include "adapters/upbit/upbit_history.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using result::ErrorCode;

struct FetchRequest {
  market::Symbol symbol;
  market::Timeframe timeframe;
  time::TimeRange range;
  std::string base_url;
};

result::Result<time::TimeRange> read_fetch_range(const options::variables_map& values) {
  // Without --to everything up to now; the fetch itself knows what now is.
  const std::string to = values.count("to") > 0 ? values["to"].as<std::string>() : "2200-12-30";
  auto range = time::parse_date_range(values["from"].as<std::string>(), to);
  if (range) return *range;
  result::Error error = std::move(range).error();
  replace_all(error.message, "start_date", "--from");
  replace_all(error.message, "end_date", "--to");
  error.field = error.field == "start_date" ? "from" : "to";
  return error;
}

result::Result<FetchRequest> read_fetch_request(const options::variables_map& values) {
  for (const char* argument : {"exchange", "symbol", "timeframe", "from"}) {
    if (values.count(argument) > 0) continue;
    const bool is_option = std::string_view{argument} == "from";
    return result::make_error(
        ErrorCode::invalid,
        std::string{is_option ? "--" : "The "} + argument +
            " is missing: write, for example, 'hts fetch upbit KRW-BTC 1m --from 2024-01-01'.",
        argument);
  }
  const auto exchange = values["exchange"].as<std::string>();
  if (exchange != "upbit" && exchange != "Upbit") {
    return result::make_error(
        ErrorCode::invalid,
        "'" + exchange.substr(0, 40) + "' is not an exchange that can be fetched from: use upbit.",
        "exchange");
  }
  auto symbol = market::Symbol::parse(values["symbol"].as<std::string>());
  if (!symbol) return std::move(symbol).error();
  auto timeframe = market::Timeframe::parse(values["timeframe"].as<std::string>());
  if (!timeframe) return std::move(timeframe).error();
  auto range = read_fetch_range(values);
  if (!range) return std::move(range).error();
  const auto base_url = values["base-url"].as<std::string>();
  const auto scheme_end = base_url.find("://");
  const bool has_host = scheme_end != std::string::npos && base_url.size() > scheme_end + 3 &&
                        base_url[scheme_end + 3] != '/';
  if (!has_host || (!base_url.starts_with("https://") && !base_url.starts_with("http://"))) {
    return result::make_error(ErrorCode::invalid,
                              "--base-url '" + base_url.substr(0, 80) +
                                  "' is not an address: write https://HOST or http://HOST:PORT.",
                              "base-url");
  }
  return FetchRequest{*std::move(symbol), *timeframe, *range, base_url};
}

void print_fetch_text(const FetchRequest& request, const upbit::HistoryReport& fetched,
                      time::Timestamp end, std::ostream& out) {
  out << "Upbit " << request.symbol.upbit_code() << ": " << request.symbol.text() << " "
      << request.timeframe.name() << "\n"
      << "  received    " << grouped(fetched.received) << " candles in " << grouped(fetched.pages)
      << " pages (" << grouped(fetched.requests) << " requests, " << grouped(fetched.retries)
      << " of them repeated)\n"
      << "  skipped     " << grouped(fetched.skipped) << " candles that the catalog had\n"
      << "  catalog     " << describe_changes(fetched.written) << "\n";
  if (fetched.complete_from) {
    out << "  complete    from " << time::format_minute(*fetched.complete_from) << " to "
        << time::format_minute(end) << " UTC"
        << (fetched.market_begins_here ? " (Upbit has nothing earlier)" : "") << "\n";
  }
  if (!fetched.stopped_by)
    out << "\nNext: hts data inventory --symbol " << request.symbol.text() << "\n";
}

void print_fetch_json(const FetchRequest& request, const upbit::HistoryReport& fetched,
                      std::ostream& out) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  writer.member("symbol", request.symbol.text());
  writer.member("timeframe", request.timeframe.name());
  writer.member("received", fetched.received);
  writer.member("pages", fetched.pages);
  writer.member("requests", fetched.requests);
  writer.member("retries", fetched.retries);
  writer.member("skipped", fetched.skipped);
  write_changes(writer, fetched.written);
  writer.key("complete_from");
  if (fetched.complete_from) {
    writer.value(time::format_iso8601(*fetched.complete_from));
  } else {
    writer.value(nullptr);
  }
  writer.member("market_begins_here", fetched.market_begins_here);
  writer.key("error");
  if (fetched.stopped_by) {
    writer.value(fetched.stopped_by->message);
  } else {
    writer.value(nullptr);
  }
  writer.end_object();
  out << text << "\n";
}

int explain_stop(const result::Error& error, const upbit::HistoryReport& fetched,
                 CommandEnvironment& environment) {
  result::Error explained = error;
  if (fetched.complete_from) {
    explained.message += " What was fetched, back to " +
                         time::format_minute(*fetched.complete_from) +
                         " UTC, is kept; the same command again goes on from there.";
  } else {
    explained.message += " Nothing was changed in the catalog.";
  }
  if (error.field == "from") {
    explained.message = "--from: " + error.message;
    return report(explained, environment, exit_usage);
  }
  return report(explained, environment);
}

}  // namespace

int run_fetch(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{"fetch", "hts fetch upbit SYMBOL TIMEFRAME --from DAY [options]",
                         "Downloads past candles from Upbit into the catalog, newest first, at "
                         "most ten requests a second. What the catalog has already is passed over.",
                         "hts fetch upbit KRW-BTC 1m --from 2024-01-01 --to 2024-02-01"};
  options::options_description described("Options");
  described.add_options()("exchange", options::value<std::string>(), "(argument)")(
      "symbol", options::value<std::string>(), "(argument)")(
      "timeframe", options::value<std::string>(), "(argument)")(
      "from", options::value<std::string>(),
      "first day (Korea) YYYY-MM-DD, or ISO 8601 with offset")("to", options::value<std::string>(),
                                                               "last day, included; default: now")(
      "data-root", options::value<std::string>()->default_value(environment.default_data_root),
      "folder of the catalog")(
      "base-url", options::value<std::string>()->default_value("https://api.upbit.com"),
      "address of the exchange")("json", "print the report as JSON");
  options::positional_options_description positional;
  positional.add("exchange", 1).add("symbol", 1).add("timeframe", 1);
  const auto parsed =
      parse_arguments(help, std::move(described), positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  const auto request = read_fetch_request(values);
  if (!request) return report(request.error(), environment, exit_usage);
  auto store = environment.open_candle_store(values["data-root"].as<std::string>());
  if (!store) return report(store.error(), environment);

  upbit::ClientOptions client_options;
  client_options.base_url = request->base_url;
  client_options.now = environment.now;
  client_options.cancelled = environment.interrupted;
  upbit::UpbitClient client(std::move(client_options));
  ProgressBar bar(environment.err, environment.terminal);
  upbit::HistoryOptions history_options;
  history_options.progress = [&](time::Duration done, time::Duration total) {
    bar.show("fetching " + request->symbol.upbit_code(), static_cast<std::uint64_t>(done.count()),
             static_cast<std::uint64_t>(total.count()));
  };
  const time::Timestamp end = std::min(request->range.end, environment.now());
  const auto fetched = upbit::fetch_history(client, **store, request->symbol, request->timeframe,
                                            request->range, history_options);
  bar.erase();
  const int status = fetched.stopped_by ? explain_stop(*fetched.stopped_by, fetched, environment)
                                        : static_cast<int>(exit_success);
  if (values.count("json") > 0) {
    print_fetch_json(*request, fetched, environment.out);
  } else if (fetched.complete_from || !fetched.stopped_by) {
    print_fetch_text(*request, fetched, end, environment.out);
  }
  return status;
}

}  // namespace hts::cli
