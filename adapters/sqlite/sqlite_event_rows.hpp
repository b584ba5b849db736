#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/paper/paper_event.hpp"
#include "engine/result/result.hpp"

namespace hts::sqlite {

class Connection;

/// Events of a paper session in the database of live trading; `session` is the sequence of its row.
/// As part of whatever transaction is open. Error: storage.
[[nodiscard]] result::Status insert_events(Connection& connection, std::int64_t session,
                                           std::span<const paper::PaperEvent> events);
/// From `first` on, at most `limit`, ascending.
[[nodiscard]] result::Result<std::vector<paper::PaperEvent>> read_events(Connection& connection,
                                                                         std::int64_t session,
                                                                         std::uint64_t first,
                                                                         std::uint64_t limit);

}  // namespace hts::sqlite
