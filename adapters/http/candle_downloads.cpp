#include "adapters/http/candle_downloads.hpp"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/candle_stream.hpp"
#include "adapters/parquet/candle_extract.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::http {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr std::size_t thread_count = 2;
/// Further requests are told to come back.
constexpr std::size_t most_waiting = 256;
constexpr long most_downloads = 32;
/// Two years of minutes; 48 MB.
constexpr std::uint64_t most_candles = 1'100'000;

result::Error too_busy() {
  return make_error(ErrorCode::unavailable,
                    "Too many candles are downloaded at this moment: try again soon.");
}

result::Error no_candles(const CandleQuery& query) {
  return make_error(ErrorCode::not_found,
                    "There are no " + std::string{query.timeframe.name()} + " candles of " +
                        query.symbol.text() + " here: GET /api/data/inventory lists what there is.",
                    "symbol");
}

std::string file_name_of(const CandleQuery& query) {
  return query.symbol.text() + "-" + std::string{query.timeframe.name()} +
         (query.year ? "-" + std::to_string(*query.year) : "") + ".parquet";
}

Response years_response(const CandleQuery& query,
                        const std::vector<parquet::CandleFileFacts>& files) {
  std::string text;
  json::Writer writer{text};
  std::uint64_t bytes = 0;
  writer.begin_object();
  writer.member("symbol", query.symbol.text());
  writer.member("timeframe", query.timeframe.name());
  writer.key("years");
  writer.begin_array();
  for (const parquet::CandleFileFacts& file : files) {
    bytes += file.bytes;
    writer.begin_object();
    writer.member("year", file.year);
    writer.member("bytes", file.bytes);
    writer.member("sha256", file.sha256);
    writer.end_object();
  }
  writer.end_array();
  writer.member("count", files.size());
  writer.member("total_bytes", bytes);
  writer.end_object();
  return json_response(200, std::move(text));
}

/// If-None-Match: `*`, or a list of tags, of which weak ones count as well.
bool is_known(std::string_view tags, std::string_view tag) {
  return tags == "*" || tags.find(tag) != std::string_view::npos;
}

}  // namespace

CandleDownloads::CandleDownloads(Places places)
    : places_(std::move(places)),
      files_(places_.data_root),
      tickets_(std::make_shared<int>()),
      queue_(thread_count) {}

void CandleDownloads::post(Responder responder, std::function<void(Responder&)> answer) {
  if (queue_.waiting() >= most_waiting) return responder.fail(too_busy());
  // std::function wants what it holds to be copyable. Dropped, it answers 500 by itself.
  auto client = std::make_shared<Responder>(std::move(responder));
  (void)queue_.post([client, answer = std::move(answer)] { answer(*client); });
}

void CandleDownloads::list(CandleQuery query, Responder responder) {
  post(std::move(responder), [this, query = std::move(query)](Responder& client) {
    const auto files = files_.list(query.symbol, query.timeframe, query.range);
    if (!files) return client.fail(files.error());
    if (files->empty()) return client.fail(no_candles(query));
    client.send(years_response(query, *files));
  });
}

result::Result<parquet::OpenCandleFile> CandleDownloads::open(const CandleQuery& query) {
  if (query.year) {
    auto file = files_.open(query.symbol, query.timeframe, *query.year);
    const bool has_none = !file && file.error().code == ErrorCode::not_found;
    if (!has_none) return file;
    const auto others = files_.list(query.symbol, query.timeframe);
    if (others && others->empty()) return no_candles(query);
    return file;
  }
  const auto files = files_.list(query.symbol, query.timeframe);
  if (!files) return files.error();
  if (files->empty()) return no_candles(query);
  const std::scoped_lock lock(extracting_);
  auto file = parquet::extract_candles(places_.candles, *places_.format, places_.working_folder,
                                       query.symbol, query.timeframe, query.range, most_candles);
  if (file || file.error().code != ErrorCode::not_found) return file;
  // The stores name the range's beginning as a run does.
  return make_error(ErrorCode::not_found, file.error().message, "from");
}

void CandleDownloads::send(CandleQuery query, Responder responder) {
  if (tickets_.use_count() > most_downloads) return responder.fail(too_busy());
  post(std::move(responder),
       [this, query = std::move(query), ticket = tickets_](Responder& client) {
         auto file = open(query);
         if (!file) return client.fail(file.error());
         Response response;
         const std::string tag = '"' + file->facts().sha256 + '"';
         response.headers.emplace_back("ETag", tag);
         if (is_known(client.request().header("If-None-Match"), tag)) {
           response.status = 304;
           return client.send(std::move(response));
         }
         response.content_type = "application/vnd.apache.parquet";
         response.headers.emplace_back("Content-Disposition",
                                       "attachment; filename=\"" + file_name_of(query) + "\"");
         response.stream_bytes = file->facts().bytes;
         response.stream = std::make_shared<CandleStream>(std::move(file).value(), queue_, ticket);
         client.send(std::move(response));
       });
}

}  // namespace hts::http
