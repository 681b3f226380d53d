using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Ansatz;

/// <summary>The one writer of a journal: takes whatever waits, commits it as one transaction, then tells those who wait.</summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    private const int MostInOneTransaction = 1_000;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly Dictionary<string, SqliteCommand> _statements = []; // each prepared once: by its text
    private readonly Channel<Waiting> _queue = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly Task _loop;

    public JournalWriter(SqliteConnection connection, string path)
    {
        (_connection, _path) = (connection, path);
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>The hold without which nothing is written; none where no study is held.</summary>
    public (long Study, string Token)? Hold { get; set; }

    /// <summary>Completes when the write is on disk.</summary>
    public Task WriteAsync(Action<JournalTransaction> write)
    {
        Waiting waiting = new(write, new(TaskCreationOptions.RunContinuationsAsynchronously));
        ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(waiting), typeof(Journal));
        return waiting.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task LoopAsync()
    {
        List<Waiting> batch = [];
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < MostInOneTransaction && _queue.Reader.TryRead(out Waiting? waiting))
            {
                batch.Add(waiting);
            }

            if (!TryCommit(batch))
            {
                // One of them spoilt it for all: each by itself, so that only the one that is at fault fails.
                batch.ForEach(w => TryCommit([w]));
            }
        }
    }

    /// <summary>Commits a batch and completes its tasks; a batch of one is also completed where it fails.</summary>
    private bool TryCommit(List<Waiting> batch)
    {
        try
        {
            using (JournalTransaction transaction = new(_connection, _statements))
            {
                if (Hold is { } hold && transaction.Holder(hold.Study)?.Token != hold.Token)
                {
                    throw new FaultException("Another process has taken over this study, since this one could not be seen any more. What was done until then is kept; look which of them shall go on.");
                }

                batch.ForEach(w => w.Write(transaction));
                transaction.Commit();
            }

            batch.ForEach(w => w.Done.SetResult());
            return true;
        }
        catch (Exception e) when (batch.Count == 1 || IsNobodysFault(e)) // handed to whoever waits for the write
        {
            batch.ForEach(w => w.Done.SetException(e is SqliteException sqlite ? Journal.Translate(sqlite, _path) : e));
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    // Somebody else holds the file, or the disk is at fault: each by itself would only fail, and wait, again.
    private static bool IsNobodysFault(Exception e) => e is FaultException or SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED or SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR };

    private sealed record Waiting(Action<JournalTransaction> Write, TaskCompletionSource Done);
}

/// <summary>One transaction of the writer.</summary>
/// <param name="connection">The writer's connection.</param>
/// <param name="statements">Its statements by their text, which therefore holds no values.</param>
internal sealed class JournalTransaction(SqliteConnection connection, Dictionary<string, SqliteCommand> statements) : IDisposable
{
    private readonly SqliteTransaction _transaction = connection.BeginTransaction(deferred: false);

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Command(sql, parameters).ExecuteNonQuery();

    public object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Command(sql, parameters).ExecuteScalar();

    public (string Machine, int Process, long Started, long Beat, string Token)? Holder(long study)
    {
        SqliteCommand command = Command("SELECT machine, process, started, beat, token FROM holder WHERE study = $study", ("$study", study));
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? (row.GetString(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4)) : null;
    }

    public void Commit() => _transaction.Commit();

    public void Dispose() => _transaction.Dispose();

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!statements.TryGetValue(sql, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            statements.Add(sql, command);
        }

        command.Transaction = _transaction;
        command.Parameters.Clear();
        foreach ((string name, object? value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
