#pragma once

#include <iosfwd>

#include "adapters/csv/candle_import.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/market/gap_report.hpp"
#include "engine/ports/candle_store.hpp"

/// What an import did, in words and as JSON.
namespace hts::cli {

/// A paragraph: what was read, what changed in the catalog, and what is odd, with first places.
void print_import(const csv::ImportReport& report, std::ostream& out);

/// `{"file":...,"symbol":...,"timeframe":...,"rows":...,"candles":...,"first":...,"last":...,
/// "duplicates":{...},"disorder":{...},"misaligned":{...},"gaps":{...},"added":...}`.
void write_import(json::Writer& writer, const csv::ImportReport& report);

/// "538 gaps, 4,120 candles missing; first after 2017-11-04 23:02 (1), ...", or "none".
[[nodiscard]] std::string describe_gaps(const market::GapReport& gaps);

/// `{"count":...,"missing":...,"first":[{"after":...,"before":...,"missing":...}]}`.
void write_gaps(json::Writer& writer, const market::GapReport& gaps);

/// The members `added`, `replaced`, `unchanged` and `files_written` of an open object.
void write_changes(json::Writer& writer, const ports::WriteReport& written);

/// "12 added, 0 replaced, 240 unchanged".
[[nodiscard]] std::string describe_changes(const ports::WriteReport& written);

}  // namespace hts::cli
