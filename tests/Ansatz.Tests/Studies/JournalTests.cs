using Ansatz.Testing;
using Microsoft.Data.Sqlite;

namespace Ansatz.Tests.Studies;

public sealed class JournalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_FileThatIsNoDatabase_SaysSoAndLeavesItAlone()
    {
        string path = _folder.Write("notes.db", new string('x', 5_000));
        InputException e = Assert.Throws<InputException>(() => Journal.Open(path));
        Assert.Contains("is no Ansatz database", e.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5_000), File.ReadAllText(path));
    }

    [Fact]
    public void Open_DatabaseOfAnotherProgram_SaysSo()
    {
        string path = _folder.File("other.db");
        Execute(path, "CREATE TABLE customers (id INTEGER)");
        byte[] before = File.ReadAllBytes(path);
        InputException e = Assert.Throws<InputException>(() => Journal.Open(path));
        Assert.Contains("is a database of something else", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Open_DatabaseOfANewerVersion_SaysSo()
    {
        string path = _folder.File("new.db");
        await Journal.Open(path).DisposeAsync();
        Execute(path, "PRAGMA user_version=99");
        InputException e = Assert.Throws<InputException>(() => Journal.Open(path));
        Assert.Contains("written by a newer Ansatz", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderThatDoesNotExist_IsAFault()
    {
        FaultException e = Assert.Throws<FaultException>(() => Journal.Open(_folder.File("no/such/folder.db")));
        Assert.Contains("cannot be opened", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_StudyOfFormat1StoredInTheRepository_ReadsAsItWasWritten()
    {
        string path = _folder.File("format-1.db");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Studies", "format-1.db"), path);
        await using Journal journal = Journal.Open(path);
        StoredStudy study = journal.Find("thresholds")!;
        Assert.Equal(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Studies", "format-1.jsonl")), journal.History(study));
        Assert.Equal(Finding.Better, study.Verdict!.AgainstYours.Finding);
        Assert.Equal([ArmRole.Search, ArmRole.Yours], journal.Arms(study).Select(a => a.Role));
        Assert.Equal(12, journal.Candidates(study, "found").Length);
    }

    [Fact]
    public async Task OpenToRead_StoredJournal_ReadsItAndLeavesTheFileAlone()
    {
        string path = _folder.File("format-1.db");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Studies", "format-1.db"), path);
        byte[] before = File.ReadAllBytes(path);

        await using (Journal journal = Journal.OpenToRead(path))
        {
            Assert.Equal(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Studies", "format-1.jsonl")), journal.History(journal.Find("thresholds")!));
        }

        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void OpenToRead_NoSuchFile_IsAFaultAndMakesNone()
    {
        Assert.Throws<FaultException>(() => Journal.OpenToRead(_folder.File("none.db")));
        Assert.False(File.Exists(_folder.File("none.db")));
    }

    private static void Execute(string path, string sql)
    {
        using SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
