using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ansatz.Language;

/// <summary>Which chat model it is: address and name, never a key.</summary>
public static class ChatIdentity
{
    /// <summary>Provider, address and name, as far as the model tells them.</summary>
    /// <exception cref="InputException">The model has no name: a study could not tell it from another one, and would answer for that one from its journal.</exception>
    public static JsonObject Of(IChatClient model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ChatClientMetadata? metadata = model.GetService<ChatClientMetadata>();
        return new()
        {
            ["provider"] = metadata?.ProviderName,
            ["url"] = metadata?.ProviderUri?.AbsoluteUri,
            ["name"] = metadata?.DefaultModelId is { Length: > 0 } name ? name : throw new InputException(
                $"The chat client {model.GetType().Name} does not say which model it is, so a study could not tell it from another one and would answer for that one from its journal. Name it: client.Named(\"my model, version 2\")."),
        };
    }

    /// <summary>The same model, with a name for studies to know it by: another name is another model.</summary>
    /// <param name="model">A model that does not say what it is called.</param>
    /// <param name="name">Its name, and its version where that may change.</param>
    public static IChatClient Named(this IChatClient model, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new NamedChatClient(model, name);
    }

    private sealed class NamedChatClient(IChatClient model, string name) : DelegatingChatClient(model)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null)
        {
            ArgumentNullException.ThrowIfNull(serviceType);
            ChatClientMetadata? inner = (ChatClientMetadata?)base.GetService(typeof(ChatClientMetadata));
            return serviceKey is null && serviceType == typeof(ChatClientMetadata)
                ? new ChatClientMetadata(inner?.ProviderName, inner?.ProviderUri, name)
                : base.GetService(serviceType, serviceKey);
        }
    }
}
