#include "actors/ingest.hpp"

#include <set>
#include <string>
#include <utility>

#include "engine/time/timestamp.hpp"

namespace hts::actors {

Ingest::Ingest(runtime::Context& context, const IngestPorts& ports)
    : context_(context), ports_(ports), market_(context, ports) {
  if (ports.tail != nullptr) {
    compaction_.emplace(context, ports.candles, *ports.tail, ports.disk,
                        ports.options.day_boundary);
  }
}

void Ingest::on(runtime::Request<StoreCandles>& request) {
  const market::CandleView candles = request.query.candles->view();
  if (!candles.empty()) {
    const time::Timestamp closes = candles.open_time.back() + request.query.timeframe.length();
    if (closes > context_.now()) {
      request.reply(result::make_error(result::ErrorCode::invalid,
                                       "The " + std::string{request.query.timeframe.name()} +
                                           " candle of " + request.query.symbol.text() + " at " +
                                           time::format_iso8601(candles.open_time.back()) +
                                           " has not closed yet: send it after " +
                                           time::format_iso8601(closes) + ".",
                                       "candles"));
      return;
    }
  }
  context_.offload(
      ports_.disk,
      [this, batch = std::move(request.query)] {
        return ports::write_all_years(ports_.candles, batch.symbol, batch.timeframe,
                                      batch.candles->view());
      },
      std::move(request.reply));
}

void Ingest::on(runtime::Request<ListInventory>& request) {
  context_.offload(
      ports_.disk, [this] { return ports_.candles.inventory(); }, std::move(request.reply));
}

void Ingest::on(runtime::Request<CompactTail>& request) {
  if (compaction_) {
    compaction_->start(std::move(request.reply));
  } else {
    request.reply(CompactReport{});
  }
}

void Ingest::on(runtime::Request<FollowMarket>& request) {
  if (auto sound = check(request.query); !sound) {
    request.reply(std::move(sound));
    return;
  }
  market_.follow(request.query);
  request.reply(result::success());
}

void Ingest::on(runtime::Request<AddRunner>& request) {
  if (auto sound = check(request.query.line, market_.symbols()); !sound) {
    request.reply(std::move(sound));
    return;
  }
  market_.add_runner(request.query.line);
  request.reply(result::success());
}

void Ingest::on(const FeedArrived& arrived) {
  market_.on_batch(*arrived.batch);
  if (compaction_ && market_.appended() - compacted_at_ > ports_.options.tail_candles) {
    compacted_at_ = market_.appended();
    compaction_->start();
  }
}

void Ingest::on_stop() {
  // What is left may be hundreds of files, and nobody can wait for them any more.
  if (compaction_) compaction_->stop();
}

result::Status Ingest::check(const FollowMarket& wanted) const {
  if (std::set<market::Symbol>(wanted.symbols.begin(), wanted.symbols.end()).size() !=
      wanted.symbols.size()) {
    return result::make_error(result::ErrorCode::invalid,
                              "A symbol is followed twice: name each once.", "symbols");
  }
  for (const RunnerLine& line : wanted.runners) {
    if (auto sound = check(line, wanted.symbols.size()); !sound) return sound;
  }
  return result::success();
}

result::Status Ingest::check(const RunnerLine& line, std::size_t symbols) const {
  if (line.instrument < symbols) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            "Slot " + std::to_string(line.slot) + " trades symbol number " +
                                std::to_string(line.instrument) + ", but " +
                                std::to_string(symbols) + " are followed: follow it first.",
                            "instrument");
}

}  // namespace hts::actors
