using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Ansatz.LocalModels.Tests;

public sealed class ModelFileTests(LoadedModels models) : IDisposable
{
    private static readonly string s_shipped = Path.Combine(AppContext.BaseDirectory, "Models", ModelWeights.ShippedName);

    private readonly string _folder = Directory.CreateTempSubdirectory("ansatz-test").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_FileAbsent_OneSentence() =>
        Assert.Equal($"The model file {Path.Combine(_folder, "none.gguf")} does not exist.", Refusal("none.gguf"));

    [Fact]
    public void Load_NoModel_OneSentence()
    {
        File.WriteAllText(Path.Combine(_folder, "notes.gguf"), "version https://git-lfs.github.com/spec/v1");
        Assert.Equal("notes.gguf is not a GGUF file. Name a model in the GGUF format.", Refusal("notes.gguf"));
    }

    [Theory]
    [InlineData(31_000_000, "The model file cut.gguf ends after 31 of 98 MB: it was cut short. Fetch it again.")]
    [InlineData(98_000_000, "The model file cut.gguf ends after 98,000,000 of 98,362,432 bytes: it was cut short. Fetch it again.")]
    [InlineData(1_000_000, "The model file cut.gguf ends inside its own header: it was cut short. Fetch it again.")]
    [InlineData(6, "The model file cut.gguf ends inside its own header: it was cut short. Fetch it again.")]
    [InlineData(0, "cut.gguf is not a GGUF file. Name a model in the GGUF format.")]
    public void Load_CutShort_SaysWhere(int length, string expected)
    {
        using (FileStream whole = File.OpenRead(s_shipped))
        using (FileStream cut = File.Create(Path.Combine(_folder, "cut.gguf")))
        {
            byte[] bytes = new byte[length];
            whole.ReadExactly(bytes);
            cut.Write(bytes);
        }

        Assert.Equal(expected, Refusal("cut.gguf"));
    }

    [Fact]
    public void Check_HeadersWithDamagedBytes_RefusedOrReadNeverAnotherException()
    {
        byte[] header = new byte[3000];
        using (FileStream whole = File.OpenRead(s_shipped))
        {
            whole.ReadExactly(header);
        }

        string path = Path.Combine(_folder, "damaged.gguf");
        Rng random = new(1, "damage");
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = [.. header];
            damaged[8 + random.Next(600)] = (byte)random.Next(256);
            File.WriteAllBytes(path, damaged);
            Assert.Throws<InputException>(() => GgufFile.Check(path)); // cut short at the least
        }
    }

    [Fact]
    public void Load_LlamaCppRefuses_FaultWithItsReason()
    {
        // a whole GGUF file without tensors, of an architecture that nobody knows
        using (BinaryWriter writer = new(File.Create(Path.Combine(_folder, "odd.gguf"))))
        {
            writer.Write("GGUF"u8);
            writer.Write(3u);
            writer.Write(0ul);
            writer.Write(1ul);
            WriteString(writer, "general.architecture");
            writer.Write(8u);
            WriteString(writer, "abacus");
        }

        FaultException e = Assert.Throws<FaultException>(() => EmbeddedModel.Load(new() { ModelFile = Path.Combine(_folder, "odd.gguf") }));
        Assert.StartsWith("The model file odd.gguf cannot be loaded (llama.cpp says: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("abacus", e.Message, StringComparison.Ordinal);

        static void WriteString(BinaryWriter writer, string text)
        {
            writer.Write((ulong)text.Length);
            writer.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }
    }

    [Fact]
    public void Load_OtherKernelsInOneProcess_Refused()
    {
        InputException e = Assert.Throws<InputException>(() => EmbeddedModel.Load(new() { Kernels = Kernels.Fastest }));
        Assert.Contains("already computes with the kernels \"avx2\"", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CannotLoad_NativeLibrary_SaysWhatToInstall() =>
        Assert.Contains("LLamaSharp.Backend.Cpu", NativeEngine.CannotLoad(new DllNotFoundException()).Message, StringComparison.Ordinal);

    [Fact]
    public void Version_OfTheEngine_IsThePackages() =>
        Assert.Contains($"LLamaSharp/{NativeEngine.Version}", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Ansatz.LocalModels.Tests.deps.json")), StringComparison.Ordinal);

    [Fact]
    public void Identity_BothModels_AllThatDecidesTheNumbers()
    {
        Assert.Equal(
            """{"model":"SmolLM2-135M-Instruct.Q4_1","sha256":"7b46609d11703c058397e5cfe4cc6e4b2508cb1eb4c80ddc472a5d421fbdb508","quantisation":"q8_0","kernels":"avx2","batch":20,"context":4096,"llamasharp":"0.30.0"}""",
            models.Requantized.Identity.ToJsonString());
        Assert.Equal("q4_1", models.Shipped.Identity["quantisation"]!.GetValue<string>());
    }

    [Fact]
    public void Load_CopyInTheCacheIsDamaged_MadeAgain()
    {
        string cache = Path.Combine(_folder, "cache");
        string copy = LoadWith(cache);
        using (FileStream file = File.OpenWrite(copy))
        {
            file.Position = 100_000_000;
            file.Write([1, 2, 3]);
        }

        Assert.Equal(copy, LoadWith(cache));
        Assert.Equal(144_811_072, new FileInfo(copy).Length);
    }

    [Fact]
    public async Task Load_KilledInTheMiddleAndTwoAtOnce_OneWholeCopy()
    {
        string cache = Path.Combine(_folder, "cache");
        using (Process killed = ChildProcess.Start(ChildProcess.LoadWithCacheFolder, cache))
        {
            while (!Directory.Exists(cache) || !Directory.EnumerateFiles(cache, "*.tmp").Any())
            {
                await Task.Yield(); // it has not begun to write yet
            }

            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Empty(Directory.EnumerateFiles(cache, "*.gguf"));
        string[] identities = await Task.WhenAll(
            ChildProcess.RunAsync(ChildProcess.LoadWithCacheFolder, cache, TestContext.Current.CancellationToken),
            ChildProcess.RunAsync(ChildProcess.LoadWithCacheFolder, cache, TestContext.Current.CancellationToken));
        Assert.All(identities, i => Assert.Equal(models.Requantized.Identity.ToJsonString(), JsonNode.Parse(i)!.ToJsonString()));
        Assert.Equal(144_811_072, new FileInfo(Assert.Single(Directory.EnumerateFiles(cache))).Length); // and nothing that the killed one left
    }

    [Fact]
    public void Load_CacheFolderCannotBe_TemporaryCopy()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "a file, where a folder should be");
        using EmbeddedModel model = EmbeddedModel.Load(new() { CacheFolder = Path.Combine(file, "models") });
        Assert.Equal(models.Requantized.Identity.ToJsonString(), model.Identity.ToJsonString());
    }

    private static string LoadWith(string cache)
    {
        using EmbeddedModel model = EmbeddedModel.Load(new() { CacheFolder = cache });
        return Assert.Single(Directory.EnumerateFiles(cache));
    }

    private string Refusal(string file) => Assert.Throws<InputException>(() => EmbeddedModel.Load(new() { ModelFile = Path.Combine(_folder, file) })).Message;
}
