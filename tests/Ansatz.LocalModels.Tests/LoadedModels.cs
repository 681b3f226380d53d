using Ansatz.LocalModels.Tests;

[assembly: AssemblyFixture(typeof(LoadedModels))]

namespace Ansatz.LocalModels.Tests;

/// <summary>The models that all tests share: as shipped, and its Q8_0 copy, which is what users get.</summary>
/// <remarks>One thread each: other tests run beside these, and threads that wait for each other are the slower for it.</remarks>
public sealed class LoadedModels : IDisposable
{
    private readonly Lazy<EmbeddedModel> _shipped = new(static () => EmbeddedModel.Load(new() { Requantize = false, Threads = 1 }));
    private readonly Lazy<EmbeddedModel> _small = new(static () => EmbeddedModel.Load(new() { ContextTokens = 512, BatchItems = 4, Threads = 1 }));

    public EmbeddedModel Shipped => _shipped.Value;

    public EmbeddedModel Requantized { get; } = EmbeddedModel.Load(new() { Threads = 1 }); // at once: the first model of a process chooses its kernels

    /// <summary>One whose limits are soon reached: 512 tokens, four items a batch.</summary>
    public EmbeddedModel Small => _small.Value;

    public void Dispose()
    {
        Requantized.Dispose();
        foreach (Lazy<EmbeddedModel> model in (Lazy<EmbeddedModel>[])[_shipped, _small])
        {
            if (model.IsValueCreated)
            {
                model.Value.Dispose();
            }
        }
    }
}
