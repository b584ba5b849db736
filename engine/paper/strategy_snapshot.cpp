#include "engine/paper/strategy_snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "engine/hash/hash128.hpp"
#include "engine/paper/state_bytes.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::paper {
namespace {

constexpr std::string_view snapshot_format = "strategy 1";
/// More is no state of a strategy, but damage.
constexpr std::uint64_t most_numbers = std::uint64_t{1} << 24U;

void write_key(StateWriter& writer, const strategies::StrategyDefinition& definition,
               const strategies::StrategySnapshot& snapshot, time::Timestamp warmed_from) {
  writer.text(snapshot_format);
  writer.text(snapshot.strategy);
  writer.text(definition.fingerprint);
  writer.whole(static_cast<std::uint64_t>(snapshot.state_version));
  writer.whole(snapshot.parameters.size());
  for (const auto& [name, value] : snapshot.parameters) {
    writer.text(name);
    writer.text(parameters::to_text(value));
  }
  writer.time(warmed_from);
}

hash::Hash128 hash_of(std::string_view bytes) {
  return hash::hash128(std::as_bytes(std::span{bytes.data(), bytes.size()}));
}

}  // namespace

std::optional<std::string> snapshot_bytes(const strategies::StrategyDefinition& definition,
                                          const WarmStrategy& warm) {
  try {
    const auto snapshot = warm.strategy->snapshot();
    const auto is_finite = [](double number) { return std::isfinite(number); };
    if (!std::ranges::all_of(snapshot.numbers, is_finite)) return std::nullopt;
    StateWriter writer;
    write_key(writer, definition, snapshot, warm.warmed_from);
    writer.whole(warm.candles);
    writer.time(warm.last_candle);
    writer.whole(snapshot.numbers.size());
    for (const double number : snapshot.numbers) writer.number(number);
    const hash::Hash128 hash = hash_of(writer.bytes());
    writer.whole(hash.high);
    writer.whole(hash.low);
    return writer.bytes();
  } catch (...) {
    return std::nullopt;
  }
}

std::optional<WarmStrategy> from_snapshot(std::string_view bytes,
                                          const strategies::StrategyDefinition& definition,
                                          const parameters::Parameters& parameters,
                                          time::Timestamp warmed_from) {
  constexpr std::size_t hash_size = 16;
  if (bytes.size() < hash_size) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - hash_size);
  StateReader tail(bytes.substr(body.size()));
  const std::uint64_t high = tail.whole();
  if (hash_of(body) != hash::Hash128{high, tail.whole()}) return std::nullopt;
  try {
    auto made = strategies::make_contained(definition, parameters);
    if (!made) return std::nullopt;
    WarmStrategy warm;
    warm.strategy.emplace(std::move(made).value());
    warm.warmed_from = warmed_from;
    strategies::StrategySnapshot snapshot = warm.strategy->snapshot();
    StateWriter key;
    write_key(key, definition, snapshot, warmed_from);
    if (!body.starts_with(key.bytes())) return std::nullopt;
    StateReader reader(body.substr(key.bytes().size()));
    warm.candles = reader.whole();
    warm.last_candle = reader.time();
    snapshot.numbers.resize(reader.whole(most_numbers));
    for (double& number : snapshot.numbers) number = reader.number();
    if (!reader.is_over() || !warm.strategy->restore(snapshot)) return std::nullopt;
    return warm;
  } catch (...) {
    return std::nullopt;
  }
}

result::Status check_snapshot(const strategies::StrategyDefinition& definition,
                              const WarmStrategy& warm) {
  const auto bytes = snapshot_bytes(definition, warm);
  if (bytes) {
    const auto again =
        from_snapshot(*bytes, definition, warm.strategy->parameters(), warm.warmed_from);
    if (again && snapshot_bytes(definition, *again) == bytes) return result::success();
  }
  return result::make_error(
      result::ErrorCode::invalid,
      definition.name +
          " gives orders of its own, and its restore() does not bring back what its snapshot() "
          "gives, so no session with it could go on after a restart: let snapshot() give all that "
          "its decisions rest on, and restore() take it.",
      "strategy");
}

}  // namespace hts::paper
