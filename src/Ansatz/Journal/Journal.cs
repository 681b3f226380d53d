using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Ansatz;

/// <summary>
/// The durable list of effects of all studies of one SQLite file: all that cannot be recomputed. Reading is public; only a study writes.
/// </summary>
/// <remarks>
/// WAL, <c>synchronous=FULL</c>, one writer that commits whatever waits as one transaction. Thread-safe. What is not committed did not
/// happen: a study tells nobody of an effect before its row is on disk.
/// </remarks>
public sealed class Journal : IAsyncDisposable
{
    private const int SchemaVersion = 1;
    private const int SharedMemoryOpen = 4618, SharedMemorySize = 4874, SharedMemoryMap = 5386; // SQLite's ways to say that there is no room beside the file
    private const int ApplicationId = 0x414E5A54; // "ANZT": tells our files from other SQLite files

    private const string Schema = """
        CREATE TABLE study (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version TEXT NOT NULL, settings TEXT NOT NULL,
            created TEXT NOT NULL, sealed INTEGER NOT NULL DEFAULT 0, judged_before INTEGER NOT NULL DEFAULT 0, verdict TEXT);
        CREATE TABLE arm (
            study INTEGER NOT NULL REFERENCES study(id), name TEXT NOT NULL, position INTEGER NOT NULL, role TEXT NOT NULL,
            budget TEXT NOT NULL, ended TEXT, PRIMARY KEY (study, name)) WITHOUT ROWID;
        CREATE TABLE candidate (
            study INTEGER NOT NULL REFERENCES study(id), arm TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
            parents TEXT NOT NULL, origin TEXT NOT NULL, pruned INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (study, arm, id)) WITHOUT ROWID;
        CREATE TABLE effect (
            study INTEGER NOT NULL REFERENCES study(id), arm TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
            question TEXT NOT NULL, asked TEXT NOT NULL, answer TEXT, attempts INTEGER NOT NULL, finished TEXT, milliseconds INTEGER,
            PRIMARY KEY (study, arm, number)) WITHOUT ROWID;
        CREATE TABLE reply (
            study INTEGER NOT NULL REFERENCES study(id), arm TEXT NOT NULL, number INTEGER NOT NULL, item INTEGER NOT NULL,
            sample INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
            PRIMARY KEY (study, arm, number, item, sample)) WITHOUT ROWID;
        CREATE TABLE ledger (
            item TEXT NOT NULL, study INTEGER NOT NULL REFERENCES study(id), PRIMARY KEY (item, study)) WITHOUT ROWID;
        CREATE TABLE holder (
            study INTEGER PRIMARY KEY REFERENCES study(id), machine TEXT NOT NULL, process INTEGER NOT NULL, started INTEGER NOT NULL,
            beat INTEGER NOT NULL, token TEXT NOT NULL);
        """;

    private readonly JournalWriter? _writer; // none where the journal was opened to be read
    private readonly SqliteConnection _reader;
    private readonly Lock _reading = new();

    private Journal(string path, SqliteConnection reader, JournalWriter? writer, TimeProvider clock)
    {
        (Path, _reader, _writer, Clock) = (path, reader, writer, clock);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    internal TimeProvider Clock { get; }

    /// <summary>Opens a journal, and makes it where there is none.</summary>
    /// <exception cref="InputException">The file is no journal, or was written by a newer version.</exception>
    /// <exception cref="FaultException">The file cannot be read or written.</exception>
    public static Journal Open(string path, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SqliteConnection? reader = null;
        try
        {
            SqliteConnection writer = Connect(path, SqliteOpenMode.ReadWriteCreate);
            try
            {
                Prepare(writer, path);
                Execute(writer, "PRAGMA journal_mode=WAL"); // a property of the file: set once it is known to be ours
                reader = Connect(path, SqliteOpenMode.ReadWriteCreate);
                return new(path, reader, new JournalWriter(writer, path), clock ?? TimeProvider.System);
            }
            catch
            {
                writer.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            reader?.Dispose();
            throw Translate(e, path);
        }
    }

    /// <summary>Opens a journal that is there, to read it: also where its file, or its folder, may not be written.</summary>
    /// <exception cref="InputException">The file is no journal, or was written by a newer version.</exception>
    /// <exception cref="FaultException">The file cannot be read.</exception>
    public static Journal OpenToRead(string path, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            SqliteConnection reader;
            try
            {
                reader = ConnectToRead(path);
            }
            catch (SqliteException e) when (e.SqliteErrorCode is 8 or 10 or 14 && File.Exists(path) && new FileInfo(path + "-wal") is { Exists: false } or { Length: 0 })
            {
                // Even a reader of a WAL file makes files beside it. Where it may not, or there is no room, and nobody is writing, the file alone is the whole truth.
                reader = ConnectToRead($"file:{Uri.EscapeDataString(path)}?immutable=1");
            }

            return new(path, reader, writer: null, clock ?? TimeProvider.System);
        }
        catch (SqliteException e)
        {
            throw Translate(e, path);
        }

        SqliteConnection ConnectToRead(string source)
        {
            SqliteConnection connection = Connect(source, SqliteOpenMode.ReadOnly);
            try
            {
                Check(connection, transaction: null, path);
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }

    /// <summary>The names of all studies, oldest first.</summary>
    public ImmutableArray<string> StudyNames() =>
        Read("SELECT name FROM study ORDER BY id", row => row.GetString(0));

    /// <summary>A study as it stands in the journal; none if there is no study of this name.</summary>
    public StoredStudy? Find(string name) =>
        Read(
            "SELECT id, name, version, settings, created, sealed, judged_before, verdict FROM study WHERE name = $name",
            row => new StoredStudy
            {
                Id = row.GetInt64(0),
                Name = row.GetString(1),
                Version = row.GetString(2),
                Settings = (JsonObject)JsonNode.Parse(row.GetString(3))!,
                Created = DateTimeOffset.Parse(row.GetString(4), CultureInfo.InvariantCulture),
                IsSealed = row.GetInt64(5) != 0,
                JudgedBefore = row.GetInt32(6),
                Verdict = row.IsDBNull(7) ? null : JsonSerializer.Deserialize(row.GetString(7), JournalJson.Default.Verdict),
            },
            ("$name", name)).FirstOrDefault();

    /// <summary>The arms of a study, in order.</summary>
    public ImmutableArray<StoredArm> Arms(StoredStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        return Read(
            "SELECT name, role, budget, ended FROM arm WHERE study = $study ORDER BY position",
            row => new StoredArm(
                row.GetString(0),
                Enum.Parse<ArmRole>(row.GetString(1)),
                JsonSerializer.Deserialize(row.GetString(2), JournalJson.Default.Budget)!,
                row.IsDBNull(3) ? null : row.GetString(3)),
            ("$study", study.Id));
    }

    /// <summary>The candidates of one arm, in the order in which they were first asked for.</summary>
    public ImmutableArray<StoredCandidate> Candidates(StoredStudy study, string arm)
    {
        ArgumentNullException.ThrowIfNull(study);
        return Candidates(study.Id, arm);
    }

    /// <summary>The effects of one arm in order of number, those without an answer included.</summary>
    public ImmutableArray<StoredEffect> Effects(StoredStudy study, string arm)
    {
        ArgumentNullException.ThrowIfNull(study);
        return Effects(study.Id, arm, 0, long.MaxValue);
    }

    /// <inheritdoc cref="Candidates(StoredStudy, string)" />
    internal ImmutableArray<StoredCandidate> Candidates(long study, string arm) =>
        Read($"{CandidateColumns} FROM candidate WHERE study = $study AND arm = $arm ORDER BY number", ToCandidate, ("$study", study), ("$arm", arm));

    /// <summary>A candidate of one arm; none if it is not there.</summary>
    internal StoredCandidate? Candidate(long study, string arm, string id) =>
        Read($"{CandidateColumns} FROM candidate WHERE study = $study AND arm = $arm AND id = $id", ToCandidate, ("$study", study), ("$arm", arm), ("$id", id)).FirstOrDefault();

    /// <summary>The effects of one arm from one number to another, both included, in order.</summary>
    internal ImmutableArray<StoredEffect> Effects(long study, string arm, long first, long last) =>
        Read(
            "SELECT number, kind, question, asked, answer, attempts, milliseconds, finished FROM effect WHERE study = $study AND arm = $arm AND number BETWEEN $first AND $last ORDER BY number",
            row => new StoredEffect(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.GetInt32(5),
                row.IsDBNull(6) ? null : row.GetInt64(6),
                row.IsDBNull(7) ? null : DateTimeOffset.Parse(row.GetString(7), CultureInfo.InvariantCulture)),
            ("$study", study),
            ("$arm", arm),
            ("$first", first),
            ("$last", last));

    /// <summary>The last effect of an arm, and the last that has an answer; -1 for none.</summary>
    internal (long Any, long Answered) LastEffects(long study, string arm) =>
        Read(
            "SELECT coalesce(max(number), -1), coalesce(max(number) FILTER (WHERE answer IS NOT NULL), -1) FROM effect WHERE study = $study AND arm = $arm",
            row => (row.GetInt64(0), row.GetInt64(1)),
            ("$study", study),
            ("$arm", arm))[0];

    /// <summary>What a study's search, controls and verdict have taken so far.</summary>
    internal Cost SpentOn(StoredStudy study) => Arms(study).Select(a => a.Name).Append(JudgeArm)
        .SelectMany(arm => Effects(study, arm))
        .Where(e => e.Answer is not null)
        .Select(e => e.Kind == "evaluate"
            ? JsonSerializer.Deserialize(e.Answer!, JournalJson.Default.ImmutableArrayOutcome).Aggregate(Cost.Zero, (sum, o) => sum + o.Cost)
            : AnsweredCodec.SpentOf(e.Answer!))
        .Aggregate(Cost.Zero, Cost.Add);

    /// <summary>The last effect of an arm that a reply was kept for; -1 for none.</summary>
    internal long LastReplied(long study, string arm) =>
        Read("SELECT max(number) FROM reply WHERE study = $study AND arm = $arm", row => row.IsDBNull(0) ? -1 : row.GetInt64(0), ("$study", study), ("$arm", arm))[0];

    /// <summary>Under which names a study has effects: its arms, the judge, checks.</summary>
    internal ImmutableArray<string> EffectArms(StoredStudy study) =>
        Read("SELECT DISTINCT arm FROM effect WHERE study = $study", row => row.GetString(0), ("$study", study.Id));

    /// <summary>
    /// The history of a study: its answered effects as JSON lines in order of arm and number, without times, and the end of each arm.
    /// However often a study was stopped, these bytes are the same.
    /// </summary>
    public IEnumerable<string> History(StoredStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        foreach (StoredArm arm in Arms(study).Append(new StoredArm(JudgeArm, ArmRole.Control, Budget.Unlimited, null)))
        {
            string name = JsonSerializer.Serialize(arm.Name, JournalJson.Default.String);
            foreach (StoredEffect effect in Effects(study, arm.Name).Where(e => e.Answer is not null))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"arm":{{name}},"effect":{{effect.Number}},"kind":"{{effect.Kind}}","question":"{{effect.Question}}","asked":{{effect.Asked}},"answer":{{effect.Answer}}}""");
            }

            if (arm.Ended is not null)
            {
                yield return $$"""{"arm":{{name}},"ended":{{JsonSerializer.Serialize(arm.Ended, JournalJson.Default.String)}}}""";
            }
        }
    }

    /// <summary>How many effects that call somebody were asked again since a run was cut off while they were out.</summary>
    public long Repeated(StoredStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        return Read("SELECT coalesce(sum(attempts - 1), 0) FROM effect WHERE study = $study", row => row.GetInt64(0), ("$study", study.Id))[0];
    }

    /// <summary>Commits what waits and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
        }

        lock (_reading)
        {
            _reader.Dispose();
        }
    }

    /// <summary>The name under which the judge's effects are kept; no arm may have it.</summary>
    internal const string JudgeArm = "judge";

    /// <summary>What the names begin with under which checks are kept.</summary>
    internal const string CheckArm = "check";

    /// <summary>Writes the file anew without what was deleted or overwritten, and empties its write-ahead log.</summary>
    internal Task CompactAsync() => Task.Run(() =>
    {
        try
        {
            using SqliteConnection connection = Connect(Path, SqliteOpenMode.ReadWrite);
            Execute(connection, "PRAGMA busy_timeout=10000; VACUUM");
            if (Scalar(connection, null, "PRAGMA wal_checkpoint(TRUNCATE)") != 0) // its first column: busy
            {
                throw new FaultException($"Another process is at work on {Path}, so the file still holds the bytes of what was erased from its tables. Stop it, and give the same command again.");
            }
        }
        catch (SqliteException e)
        {
            throw e.SqliteErrorCode == 13
                ? new FaultException($"The disk is full, so the file still holds the bytes of what was erased from its tables: writing {Path} anew takes as much room again. Make room, and give the same command again.", e)
                : Translate(e, Path);
        }
    });

    /// <summary>The hold without which nothing is written, since another process has taken it over; none where no study is held.</summary>
    internal void Hold((long Study, string Token)? hold) => _writer!.Hold = hold;

    internal Task WriteAsync(Action<JournalTransaction> write) =>
        _writer?.WriteAsync(write) ?? throw new InvalidOperationException("This journal was opened to be read.");

    internal ImmutableDictionary<(long Item, long Sample), (string Question, string Answer)> RepliesOf(long study, string arm, long number) =>
        Read(
            "SELECT item, sample, question, answer FROM reply WHERE study = $study AND arm = $arm AND number = $number",
            row => KeyValuePair.Create((row.GetInt64(0), row.GetInt64(1)), (row.GetString(2), row.GetString(3))),
            ("$study", study),
            ("$arm", arm),
            ("$number", number)).ToImmutableDictionary();

    private const string CandidateColumns = "SELECT id, number, text, parents, origin, pruned";

    private static StoredCandidate ToCandidate(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetInt32(1),
        row.GetString(2),
        [.. row.GetString(3).Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        row.GetString(4),
        row.GetInt64(5) != 0);

    private ImmutableArray<TRow> Read<TRow>(string sql, Func<SqliteDataReader, TRow> map, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        lock (_reading)
        {
            try
            {
                using SqliteCommand command = _reader.CreateCommand();
                command.CommandText = sql;
                foreach ((string name, object value) in parameters)
                {
                    command.Parameters.AddWithValue(name, value);
                }

                using SqliteDataReader rows = command.ExecuteReader();
                ImmutableArray<TRow>.Builder result = ImmutableArray.CreateBuilder<TRow>();
                while (rows.Read())
                {
                    result.Add(map(rows));
                }

                return result.ToImmutable();
            }
            catch (SqliteException e)
            {
                throw Translate(e, Path);
            }
        }
    }

    private static SqliteConnection Connect(string source, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            Pooling = false, // a disposed journal lets go of its file
            DefaultTimeout = 30,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false); // BEGIN IMMEDIATE: two processes may make the file at once
        if (Scalar(connection, transaction, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            Execute(
                connection,
                string.Create(CultureInfo.InvariantCulture, $"{Schema} PRAGMA user_version={SchemaVersion}; PRAGMA application_id={ApplicationId};"),
                transaction);
        }

        Check(connection, transaction, path);
        transaction.Commit();
    }

    private static void Check(SqliteConnection connection, SqliteTransaction? transaction, string path)
    {
        if (Scalar(connection, transaction, "PRAGMA application_id") != ApplicationId)
        {
            throw new InputException($"{path} is a database of something else; name another file with --db.");
        }

        if (Scalar(connection, transaction, "PRAGMA user_version") is var version && version > SchemaVersion)
        {
            throw new InputException(
                string.Create(CultureInfo.InvariantCulture, $"{path} was written by a newer Ansatz (format {version}; this one knows {SchemaVersion}). Use that, or name another file with --db."));
        }
    }

    private static long Scalar(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        command.ExecuteNonQuery();
    }

    /// <summary>SQLite's result codes as sentences. https://www.sqlite.org/rescode.html</summary>
    internal static Exception Translate(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        26 or 11 => new InputException($"{path} is no Ansatz database, or is damaged ({e.Message}). Nothing was changed; name another file with --db.", e),
        13 or 10 when e.SqliteErrorCode == 13 || e.SqliteExtendedErrorCode is SharedMemoryOpen or SharedMemorySize or SharedMemoryMap => new FaultException($"The disk is full: {path} could not be written. All that was told is kept; make room and give the same command again.", e),
        14 when Directory.Exists(path) => new InputException($"{path} is a folder; name a file in it with --db.", e),
        14 => new FaultException($"{path} cannot be opened: its folder does not exist, or may not be written.", e),
        8 => new FaultException($"{path} may not be written.", e),
        5 or 6 => new FaultException($"{path} is locked by another program for more than 30 seconds. Give the same command again when it is free.", e),
        _ => new FaultException($"{path} could not be read or written: {e.Message}", e),
    };
}
