hts_add_benchmark(journal
                  SOURCES journal.cpp
                  DEPENDS engine/result engine/time engine/runtime adapters/disk adapters/journal)
