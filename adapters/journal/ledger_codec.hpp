#pragma once

#include <optional>

#include "adapters/journal/codec.hpp"
#include "engine/ports/ledger_store.hpp"

/// What passes through the port of paper sessions, as msgpack; see codec.hpp.
namespace hts::journal {

void write(MsgpackWriter& writer, const paper::PaperEvent& event);
void write(MsgpackWriter& writer, const ports::SessionRecord& session);
void write(MsgpackWriter& writer, const std::optional<ports::SessionRecord>& session);
void write(MsgpackWriter& writer, const ports::SlotSnapshot& snapshot);
/// Only written.
void write(MsgpackWriter& writer, const ports::LedgerCommit& commit);

template <>
paper::PaperEvent read<paper::PaperEvent>(MsgpackReader& reader);
template <>
ports::SlotSnapshot read<ports::SlotSnapshot>(MsgpackReader& reader);
template <>
ports::SessionRecord read<ports::SessionRecord>(MsgpackReader& reader);
template <>
std::optional<ports::SessionRecord> read<std::optional<ports::SessionRecord>>(
    MsgpackReader& reader);

}  // namespace hts::journal
